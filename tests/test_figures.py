"""The pictures: what they show equals what the models compute."""

import contextlib
import dataclasses
import itertools
import re
import xml.etree.ElementTree as ElementTree

import keras
import numpy as np
import pytest
from keras import ops

import models
from before_keras import author, book, picture_file
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import GRU, LSTM, SimpleRNN, data
from chapter9.data.reviews import Reviews
from chapter9.data.text import FIRST_WORD, Vocabulary
from chapter9.equations import gru, lstm
from chapter9.figures import (
    confusion,
    connections,
    fonts,
    hidden_states,
    learning_curve,
    lengths,
    memory,
    picture,
    replayed,
    seeds,
    shapes,
    unfolded,
)
from chapter9.figures.anatomy import Anatomy, gradient
from chapter9.inference.outcomes import Outcome
from chapter9.inference.prediction import predict
from chapter9.run_folder.run import Run
from chapter9.run_folder.seed_runs import SeedRuns
from commands import draw
from tests.conftest import run_command

pytest.importorskip("matplotlib")
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.patches import Circle

WORDS, TIMESTEPS = 30, 9
SIMPLE, GATED = (
    [(name, {"layer": layer}) for name in names for layer in models.LAYERS]
    for names in (("one-hot", "embedding"), ("lstm", "gru", "lstm-2-layers"))
)
ALL = [*SIMPLE, *GATED]
NAMES = ["-".join([name, *options.values()]) for name, options in ALL]
HISTORY = {
    "accuracy": [0.6, 0.7, 0.8],
    "loss": [0.7, 0.6, 0.5],
    "val_accuracy": [0.6, 0.75, 0.7],
    "val_loss": [0.7, 0.55, 0.6],
}
OUTCOMES = [  # of seeds that learned, and of two that did not
    *(Outcome(n, 9, 12, 0.455 + n / 1000, 0.79 - n / 2000) for n in range(18)),
    Outcome(18, 2, 5, 0.6931, 0.5026),
    Outcome(19, 2, 5, 0.6925, 0.513),
]
VOCABULARY = Vocabulary(
    ["not", "good", "but", "bad", "the", "film", "is", "slow", "and", "dull"]
)


def build(name, options, timesteps=TIMESTEPS, words=WORDS):
    """A small model with random weights, biases included."""
    model = models.build(name, words=words, cells=4, timesteps=timesteps, **options)
    random = np.random.default_rng(0)
    model.set_weights([random.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(params=ALL, ids=NAMES)
def model_options(request):
    return request.param


@pytest.fixture
def tokens():
    """(5, 9) token ids, with padding in front of some."""
    x = np.random.default_rng(1).integers(1, WORDS, (5, TIMESTEPS)).astype(np.int32)
    x[1, :4] = x[2, :8] = 0
    return x


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A run folder whose model was not trained, but is a model all the same."""
    corpus = data.load("sample")
    path = tmp_path_factory.mktemp("runs") / "embedding"
    run = Run.create(path, Settings(model="embedding", cells=4, timesteps=20), corpus)
    run.save_model(build("embedding", {"layer": "custom"}, timesteps=20, words=500))
    run.save_history(HISTORY)
    return path


@pytest.fixture(scope="module")
def seeds_folder(tmp_path_factory):
    """A folder of two seeds, the second of which did not learn."""
    corpus = data.load("sample")
    path = tmp_path_factory.mktemp("runs") / "embedding-seeds"
    runs = SeedRuns.create(path, Settings(model="embedding", cells=8), corpus, (0, 3))
    runs.save(0, HISTORY)
    runs.save(3, HISTORY | {"val_accuracy": [0.5] * 3, "val_loss": [0.69] * 3})
    return path


# What goes on inside a model


def test_last_hidden_states_are_the_layers_own_outputs(model_options, tokens):
    model = build(*model_options)
    anatomy = Anatomy(model)
    states = anatomy.hidden_states(anatomy.inputs(tokens))
    for layer, found in zip(anatomy.recurrent, states, strict=True):
        expected = keras.Model(model.inputs, layer.output).predict(tokens, verbose=0)
        found = ops.convert_to_numpy(found if layer.return_sequences else found[:, -1])
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_hidden_states_are_those_that_the_layers_tell(model_options, tokens):
    name, _ = model_options
    anatomy = Anatomy(build(*model_options))
    found = iter(anatomy.hidden_states(anatomy.inputs(tokens)))
    sequences = tokens
    for layer in build(name, {"layer": "custom"}).layers:
        if hasattr(layer, "states_and_gates"):
            told = layer.states_and_gates(sequences)["h"]
            states = ops.convert_to_numpy(next(found))
            np.testing.assert_allclose(states, told, rtol=1e-5, atol=1e-6)
        sequences = layer(sequences)
    assert not list(found)


@pytest.mark.parametrize("layer", [SimpleRNN, LSTM, GRU])
def test_a_layer_that_masks_the_token_0_is_taken_apart_as_it_computes(layer, tokens):
    model = keras.Sequential(
        [
            keras.Input((TIMESTEPS,), dtype="int32"),
            layer(4, num_tokens=WORDS, mask_zero=True, return_sequences=True),
            keras.layers.GRU(3),
            keras.layers.Dense(1),
        ]
    )
    tokens[3, 5] = 0
    anatomy = Anatomy(model)
    found = ops.convert_to_numpy(anatomy.output(anatomy.inputs(tokens)))
    expected = model.predict(tokens, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_probability_after_each_word_is_the_prediction_of_the_prefix(
    model_options, tokens
):
    anatomy = Anatomy(build(*model_options))
    states = anatomy.hidden_states(anatomy.inputs(tokens))[-1]
    probabilities = ops.convert_to_numpy(anatomy.outputs(states))
    assert probabilities.shape == (5, TIMESTEPS, 1)
    for length in range(2, TIMESTEPS + 1):  # Keras's CategoryEncoding needs 2
        model = build(*model_options, timesteps=length)
        expected = model.predict(tokens[:, :length], verbose=0)
        np.testing.assert_allclose(
            probabilities[:, length - 1], expected, rtol=1e-5, atol=1e-6
        )


def test_gradient_equals_a_finite_difference(model_options, tokens):
    anatomy = Anatomy(build(*model_options))
    inputs = ops.convert_to_numpy(anatomy.inputs(tokens)).astype("float32")
    slopes = gradient(anatomy.output, inputs)
    random, step = np.random.default_rng(2), 1e-2
    for t in range(TIMESTEPS):
        direction = np.zeros_like(inputs)
        direction[:, t] = random.normal(size=direction[:, t].shape)
        direction /= np.linalg.norm(direction)
        above, below = (
            ops.convert_to_numpy(anatomy.output(inputs + sign * step * direction))
            for sign in (1, -1)
        )
        expected = (above - below)[:, 0] / (2 * step)
        found = (slopes * direction).sum(axis=(1, 2))
        np.testing.assert_allclose(found, expected, rtol=0.02, atol=5e-5)


def test_a_model_without_a_recurrent_layer_is_refused():
    dense = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="no recurrent layer"):
        Anatomy(dense)


# The data of each picture


def test_word_states_end_in_the_models_prediction(model_options):
    model = build(*model_options)
    review = "The film is not good, but it is ... dull, é and slow"
    found = hidden_states.word_states(model, VOCABULARY, review, 20, WORDS)
    expected = predict(model, VOCABULARY, [review], 20, WORDS)[0]
    assert found.probabilities[-1] == pytest.approx(expected.probability, abs=1e-6)
    assert found.words[0] is None
    assert " ".join(found.words[1:]) == "the film is not good but is dull and slow"
    assert (found.dropped, found.cut_off) == (2, 0)  # it, é
    assert len(found.probabilities) == len(found.words)
    assert all(len(states) == len(found.words) for states in found.states)


def test_word_states_mark_what_is_cut_off_and_what_is_unknown():
    model = build("lstm", {})
    known = FIRST_WORD + VOCABULARY.words.index("slow")  # slow, and all after it, is 2
    review = "not good but slow bad the film"
    found = hidden_states.word_states(model, VOCABULARY, review, 4, known)
    assert found.words == ["[slow]", "bad", "the", "film"]
    assert found.cut_off == 3


@pytest.mark.parametrize("review", ["", "  ... ", "완전 재미없다", "🙂"])
def test_a_review_without_a_known_word_is_refused(review):
    with pytest.raises(UserError, match="review"):
        hidden_states.word_states(build("gru", {}), VOCABULARY, review, 20, WORDS)


@pytest.mark.parametrize(("name", "options"), SIMPLE, ids=NAMES[:4])
def test_unfolded_states_follow_the_equation(name, options):
    model = build(name, options)
    found = unfolded.unfold(model, VOCABULARY, "not good but bad", WORDS)
    assert found.words == ["not", "good", "but", "bad"]
    assert found.one_hot == (name == "one-hot")
    h = np.zeros(4)
    for x, state in zip(found.inputs, found.states, strict=True):
        h = np.tanh(x @ found.kernel + h @ found.recurrent_kernel + found.bias[0])
        np.testing.assert_allclose(state, h, rtol=1e-5, atol=1e-6)


def test_unfolded_weights_are_the_models_own(model_options):
    model = build(*model_options)
    found = unfolded.unfold(model, VOCABULARY, "good", WORDS)
    layer = Anatomy(model).recurrent[0]
    kernel, recurrent_kernel, bias = layer.get_weights()
    np.testing.assert_array_equal(found.kernel, kernel)
    np.testing.assert_array_equal(found.recurrent_kernel, recurrent_kernel)
    np.testing.assert_array_equal(found.bias.ravel(), bias.ravel())
    sizes = found.kernel.size + found.recurrent_kernel.size + found.bias.size
    assert sizes == layer.count_params()


@pytest.mark.parametrize(("name", "options"), GATED[:4])
def test_unfolded_gates_are_in_the_order_of_their_columns(name, options):
    found = unfolded.unfold(build(name, options), VOCABULARY, "good", WORDS)
    assert found.gates == {"LSTM": lstm, "GRU": gru}[found.layer].GATES
    assert len(found.gates) * 4 == found.kernel.shape[1]
    for language in picture.LANGUAGES:
        legend = unfolded.TEXTS[language][found.layer]
        named = [part.split()[0] for part in legend.split(": ")[-1].split(", ")]
        assert named == list(found.gates)


@pytest.mark.parametrize("text", ["", "ohne", "good " * 7])
def test_a_text_that_cannot_be_unfolded_is_refused(text):
    with pytest.raises(UserError, match="give 1 to 6"):
        unfolded.unfold(build("lstm", {}), VOCABULARY, text, WORDS)


@pytest.mark.parametrize("fact", book.MODELS, ids=lambda f: f"{f.name}-{f.total}")
def test_shapes_have_the_books_parameters(fact):
    model = models.build(fact.name, words=fact.words, cells=fact.cells)
    found = shapes.steps(model)
    assert tuple(s.parameters for s in found if s.parameters) == fact.layers
    assert found[0].shape == (None, 100)
    assert found[1].shape[:2] == (None, 100)  # 3-D in
    assert found[-2].shape == (None, fact.cells)  # 2-D out
    assert found[-1].shape == (None, 1)


def test_shapes_are_3d_in_3d_between_2d_out():
    found = shapes.steps(models.build("stack"))
    assert [step.shape for step in found] == [(None, 4, 3), (None, 4, 5), (None, 2)]
    assert [step.role for step in found] == ["rows", "states", "last state"]


@pytest.mark.parametrize("layer", ["custom", "builtin"])
def test_shapes_show_the_one_hot_rows_that_a_layer_stands_for(layer):
    found = shapes.steps(models.build("one-hot", layer=layer))
    assert found[1].shape == (None, 100, 500)
    assert found[1].role == ("looked up" if layer == "custom" else "rows")


@pytest.mark.parametrize(
    ("settings", "on", "reruns"),
    [
        ({"model": "embedding", "cells": 8}, "imdb", 6),
        ({"model": "embedding", "cells": 8}, "sample", 0),
        ({"words": 123}, "imdb", 0),
        ({"timesteps": 50}, "imdb", 0),
    ],
)
def test_curves_stand_before_the_authors_reruns_that_compare(settings, on, reruns):
    found = learning_curve.curve("run", HISTORY, Settings(**settings), on)
    assert found.best == 1
    assert len(found.author) == reruns
    assert all(rerun.model == "embedding" for rerun in found.author)


def test_memory_is_the_geometric_mean_over_the_words(model_options, tokens):
    model = build(*model_options)
    norms = memory.gradient_norms(model, tokens)
    found = memory.memory(model, tokens)
    for distance in range(TIMESTEPS):
        t = TIMESTEPS - 1 - distance
        reviews = [r for r in range(len(tokens)) if tokens[r, t] != 0]
        ratios = [float(norms[r, t]) / float(norms[r, -1]) for r in reviews]
        expected = np.prod(ratios) ** (1 / len(ratios))
        assert found.ratios[distance] == pytest.approx(expected, rel=1e-4)
        assert found.reviews[distance] == len(reviews)
    assert found.ratios[0] == 1


def test_the_memory_of_many_labels_is_that_of_the_predicted_one(tokens):
    """The sum of all probabilities is always 1, and its gradient 0."""
    model = build("embedding", {"labels": 5})
    norms = memory.gradient_norms(model, tokens)
    anatomy = Anatomy(model)
    inputs = ops.convert_to_numpy(anatomy.inputs(tokens))
    predicted = model.predict(tokens, verbose=0).argmax(axis=1)
    review, t, step = 0, TIMESTEPS - 1, 1e-2
    slopes = []
    for k in range(inputs.shape[2]):
        moved = [inputs.copy() for _ in range(2)]
        moved[0][review, t, k] += step
        moved[1][review, t, k] -= step
        up, down = (ops.convert_to_numpy(anatomy.output(x)) for x in moved)
        slopes.append((up - down)[review, predicted[review]] / (2 * step))
    assert norms[review, t] == pytest.approx(np.linalg.norm(slopes), rel=1e-2)
    assert memory.memory(model, tokens).labels == 5
    history = HISTORY | {"val_accuracy": [0.3] * 3}
    assert memory.memory(model, tokens, history).caution == "unfinished"
    assert memory.memory(build("gru", {}), tokens, history).caution == "chance"


def test_word_states_have_a_probability_for_each_of_many_labels():
    model = build("gru", {"labels": 5})
    names = ("1", "2", "3", "4", "5")
    found = hidden_states.word_states(model, VOCABULARY, "good film", 20, WORDS, names)
    assert found.probabilities.shape == (3, 5)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, rtol=1e-5)
    expected = predict(model, VOCABULARY, ["good film"], 20, WORDS, names)[0]
    np.testing.assert_allclose(
        found.probabilities[-1], expected.probabilities, rtol=1e-4
    )


def test_a_confusion_matrix_shows_shares_of_each_label():
    found = confusion.Confusion(np.array([[3, 1], [0, 0]]), ("a", "b"))
    assert found.shares.tolist() == [[0.75, 0.25], [0, 0]]


def test_memory_is_shown_where_a_tenth_of_the_reviews_reach(tokens):
    tokens = np.tile(tokens[2], (30, 1))  # one word and eight paddings
    tokens[:2, :] = 5
    found = memory.memory(build("gru", {}), tokens)
    assert found.shown == 1
    assert np.isnan(found.ratios[1:]).all()


def test_a_fading_memory_is_measured():
    x = np.full((3, 50), 4, np.int32)
    model = build("embedding", {"layer": "custom"}, timesteps=50)
    embedding, kernel, recurrent_kernel, *rest = model.get_weights()
    halves = 0.5 * np.eye(len(recurrent_kernel))
    weights = [embedding * 0, kernel, halves, rest[0] * 0, *rest[1:]]
    model.set_weights(weights)
    found = memory.memory(model, x)  # h = 0, tanh'(0) = 1: a factor 0.5 a timestep
    np.testing.assert_allclose(found.ratios, 0.5 ** np.arange(50.0), rtol=1e-4)
    assert found.faded == 3


def test_lengths_are_those_of_the_reviews_to_train_on():
    reviews = Reviews.from_lists([[1] * n for n in range(1, 101)], np.zeros(100))
    found = lengths.review_lengths(reviews, timesteps=60, width=7)
    kept = reviews.lengths[np.random.RandomState(42).permutation(100)[20:]]
    assert found.counts.sum() == 80
    assert (found.mean, found.median) == (kept.mean(), np.median(kept))
    assert found.longer == (kept > 60).mean()
    for count, low, high in zip(
        found.counts, found.edges[:-1], found.edges[1:], strict=True
    ):
        assert count == ((kept >= low) & (kept < high)).sum()


def test_lengths_of_imdb_are_the_books(imdb_corpus):
    found = lengths.review_lengths(imdb_corpus.training)
    assert found.counts.sum() == book.SPLIT[0]
    assert (found.mean, found.median) == (book.MEAN_LENGTH, book.MEDIAN_LENGTH)


# The files


def pictures():
    """Every picture's draw function with data."""
    two_layers, one_hot = build("lstm-2-layers", {}), build("one-hot", {})
    review = "the film is slow and dull, but not bad"
    x = np.random.default_rng(3).integers(0, WORDS, (20, TIMESTEPS)).astype(np.int32)
    settings = Settings(model="embedding", cells=8)
    korean = "런" if fonts.find_hangul() else "run"
    curves = [
        learning_curve.curve("_run $1$ a$", HISTORY, settings, "imdb"),
        learning_curve.curve(korean, HISTORY, Settings(), "imdb"),
    ]
    states = hidden_states.word_states
    yield hidden_states.draw, states(two_layers, VOCABULARY, review, 8, 10)
    yield hidden_states.draw, states(one_hot, VOCABULARY, "good", 8, WORDS)
    for name, options in (SIMPLE[0], SIMPLE[2], GATED[0], GATED[2]):
        text = "not good but bad"
        model = build(name, options)
        yield unfolded.draw, unfolded.unfold(model, VOCABULARY, text, WORDS)
    for name in ("weights", "gru"):
        yield connections.draw, connections.connections(models.build(name))
    for name in ("weights", "one-hot", "lstm-2-layers"):
        yield shapes.draw, shapes.steps(models.build(name))
    yield memory.draw, [("_a $x_", memory.memory(one_hot, x))]
    names = ("$a", "_b", "c", "d", "e", "f", "g")
    seven = build("gru", {"labels": 7})
    yield hidden_states.draw, states(seven, VOCABULARY, review, 8, WORDS, names)
    matrix = confusion.Confusion
    yield confusion.draw, matrix(np.arange(49).reshape(7, 7), names)
    yield confusion.draw, matrix(np.eye(14, dtype=int), names * 2)
    yield learning_curve.draw, curves
    strips = [seeds.Strip(name, OUTCOMES, curves[0].author) for name in ("_$a", korean)]
    yield seeds.draw, strips
    yield (
        lengths.draw,
        lengths.review_lengths(
            Reviews.from_lists([[1] * n for n in range(1, 400)], np.zeros(399))
        ),
    )


@pytest.mark.parametrize("language", picture.LANGUAGES)
@pytest.mark.parametrize("suffix", picture_file.SUFFIXES)
def test_every_picture_is_drawn(tmp_path, suffix, language):
    if language == "ko" and not fonts.find_hangul():
        pytest.skip("no installed font has Hangul")
    for number, (draw_it, found) in enumerate(pictures()):
        path = tmp_path / f"{number}{suffix}"
        draw_it(found, path, "a $title$ of 5$", language)
        content = path.read_bytes()
        assert len(content) > 5_000
        if suffix == ".png":
            assert content.startswith(b"\x89PNG")
        else:
            assert ElementTree.fromstring(content).tag.endswith("svg")
    assert len(list(tmp_path.iterdir())) == number + 1  # nothing half-written is left


def lettering(path):
    """The texts of a .svg picture, which matplotlib repeats in comments."""
    return re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("language", picture.LANGUAGES)
def test_training_draws_its_learning_curve_in_its_language(tmp_path, language):
    if language == "ko" and not fonts.find_hangul():
        pytest.skip("no installed font has Hangul")
    path = tmp_path / "learning_curve.svg"
    words = learning_curve.TEXTS[language]
    author_is = words["author"].format(cells=book.CELLS)
    shown = ("epoch", "loss", "accuracy", "validation", "training", "best")
    for on in ("imdb", "sample"):
        curve = learning_curve.curve("", HISTORY, Settings(), on)
        learning_curve.draw([curve], path, "one-hot", language)
        assert {words[key] for key in shown} <= set(lettering(path))
        assert (author_is in lettering(path)) == (on == "imdb")
    assert words["validation"] in author_is


@pytest.mark.parametrize("language", picture.LANGUAGES)
def test_hidden_states_say_what_their_axes_are(tmp_path, language):
    if language == "ko" and not fonts.find_hangul():
        pytest.skip("no installed font has Hangul")
    review, path = "the film is not good", tmp_path / "a.svg"
    states = hidden_states.word_states(build("gru", {}), VOCABULARY, review, 20, WORDS)
    hidden_states.draw(states, path, "", language)
    words = hidden_states.TEXTS[language]
    assert {words["neuron"], words["word"]} <= set(lettering(path))


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are drawn, to be looked at."""
    figures = []
    drawing = picture.drawing

    @contextlib.contextmanager
    def kept(*arguments):
        with drawing(*arguments) as figure:
            figures.append(figure)
            yield figure

    monkeypatch.setattr(picture, "drawing", kept)
    return figures


@pytest.mark.parametrize(
    ("model", "inputs", "units", "parameters"),
    [("weights", 4, 3, "12 + 9 + 3 = 24"), ("lstm", 16, 8, "512 + 256 + 32 = 800")],
)
def test_every_link_is_drawn_once(tmp_path, drawn, model, inputs, units, parameters):
    """The book's layer has 12 from the inputs, and nine from neuron to neuron."""
    found = connections.connections(models.build(model))
    connections.draw(found, tmp_path / "a.png")
    [axes] = drawn[0].axes
    assert axes.get_title() == f"{parameters} parameters"
    links, recurrent_links = (
        {tuple(map(tuple, line)) for line in lines.get_segments()}
        for lines in axes.findobj(LineCollection)
    )
    assert (len(links), len(recurrent_links)) == (inputs * units, units * units)
    nodes = [tuple(circle.center) for circle in axes.findobj(Circle)]
    columns = nodes[:inputs], nodes[inputs:-units], nodes[-units:]
    assert links == set(itertools.product(columns[0], columns[2]))
    assert recurrent_links == set(itertools.product(columns[1], columns[2]))


def test_a_model_without_a_recurrent_layer_has_no_connections_to_draw():
    dense = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="no recurrent layer"):
        connections.connections(dense)


def behind(axes):
    """(epochs, values, best epoch, colour) of the lines behind all others."""
    return [
        (
            list(line.get_xdata()),
            tuple(line.get_ydata()),
            line.get_markevery()[0] + 1,
            line.get_markeredgecolor(),
        )
        for line in axes.lines
        if line.get_zorder() < 2
    ]


def one_curve(model, **settings):
    settings = Settings(model=model, **settings)
    return learning_curve.curve(model, HISTORY, settings, "imdb")


def test_the_authors_validation_curves_are_drawn_with_their_best_epochs(
    tmp_path, drawn
):
    learning_curve.draw([one_curve("lstm")], tmp_path / "a.png")
    reruns = author.reruns("lstm", 500, 1)
    assert len(reruns) == 8
    for axes, measure in zip(drawn[0].axes, ("loss", "accuracy"), strict=True):
        assert behind(axes) == [
            (
                list(range(1, rerun.epochs + 1)),
                rerun.history[f"val_{measure}"],
                rerun.best_epoch,
                picture.QUIET,
            )
            for rerun in reruns
        ]


def test_reruns_of_several_models_have_their_runs_colours_and_are_drawn_once(
    tmp_path, drawn
):
    names = ("lstm", "gru", "lstm", "embedding")
    learning_curve.draw([one_curve(name) for name in names], tmp_path / "a.png")
    colours = [colour for *_, colour in behind(drawn[0].axes[0])]
    expected = [
        picture.COLOURS[number]
        for number in (0, 1, 3)
        for _ in author.reruns(names[number], 500, 1)
    ]
    assert colours == expected


def test_many_runs_of_one_model_have_the_same_reruns_behind_them(tmp_path, drawn):
    learning_curve.draw([one_curve("gru")] * 11, tmp_path / "a.png")
    lines = behind(drawn[0].axes[0])
    assert len(lines) == len(author.reruns("gru", 500, 1))
    assert {colour for *_, colour in lines} == {picture.QUIET}


def wide(name, layer):
    """A model of ten neurons, the most whose weights are written into the picture."""
    model = models.build(name, layer=layer, words=WORDS, cells=10, timesteps=TIMESTEPS)
    random = np.random.default_rng(0)
    model.set_weights([random.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize("name", ["one-hot", "embedding"])
def test_no_number_of_the_weights_overprints_another(tmp_path, drawn, name):
    model = wide(name, "custom")
    found = unfolded.unfold(model, VOCABULARY, "not good but bad", WORDS)
    # Biases that are small and negative, as after training, are the longest to write.
    found = dataclasses.replace(found, bias=-1e-4 * np.ones_like(found.bias))
    unfolded.draw(found, tmp_path / "a.png")
    count = 0
    for axes in drawn[0].findobj(Axes):
        numbers = [x for x in axes.texts if re.fullmatch(r"-?\d[\d.e-]*", x.get_text())]
        boxes = [number.get_window_extent() for number in numbers]
        for box, other in itertools.combinations(boxes, 2):
            assert not box.overlaps(other)
        for box in boxes:
            assert axes.bbox.x0 <= box.x0 and box.x1 <= axes.bbox.x1
        count += len(numbers)
    weights = found.recurrent_kernel.size + found.bias.size
    assert count == weights + 10 * (4 if found.one_hot else len(found.kernel))


@pytest.mark.parametrize("name", ["one-hot", "embedding"])
def test_the_strongest_hidden_state_has_the_strongest_colour(tmp_path, drawn, name):
    """Also where the weights are a hundred times larger than any state can be."""
    model = wide(name, "custom")
    found = unfolded.unfold(model, VOCABULARY, "not good but bad", WORDS)
    found = dataclasses.replace(found, recurrent_kernel=100 * found.recurrent_kernel)
    unfolded.draw(found, tmp_path / "a.png")
    strips = [
        mesh for mesh in drawn[0].findobj(QuadMesh) if mesh.get_array().size == 10
    ]
    states = [
        m for m in strips if np.array_equal(m.get_array().ravel(), found.states[0])
    ]
    [strip] = states
    shown = found.states if found.one_hot else (found.states, found.inputs)
    assert strip.norm.vmax == pytest.approx(max(abs(x).max() for x in shown))


def dots(axes, marker, hollow=False):
    """The marks of a panel of seeds, as (x, y)."""
    return [
        point
        for line in axes.lines
        if line.get_marker() == marker and (line.get_mfc() == "none") == hollow
        for point in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def test_every_seed_has_a_dot_and_those_that_did_not_learn_their_own_scale(
    tmp_path, drawn
):
    reruns = author.reruns("embedding", 500, 1)
    strip = seeds.Strip("embedding-seeds", OUTCOMES, reruns)
    seeds.draw([strip], tmp_path / "a.png")
    loss, failed_loss, _, failed_accuracy, accuracy = drawn[0].axes
    for measure, good, bad in (
        ("loss", loss, failed_loss),
        ("accuracy", accuracy, failed_accuracy),
    ):
        learned, failed = (
            sorted(getattr(one, measure) for one in OUTCOMES if one.learned == yes)
            for yes in (True, False)
        )
        printed = sorted(getattr(rerun, measure) for rerun in reruns)
        assert [x for x, _ in dots(good, "o")] == learned
        assert [x for x, _ in dots(good, "o", hollow=True)] == printed
        assert [x for x, _ in dots(bad, "x")] == failed
        low, high = good.get_xlim()
        assert all(low < x < high for x in [*learned, *printed])
        assert not any(low < x < high for x in failed)  # the others are not squeezed
        low, high = bad.get_xlim()
        assert all(low < x < high for x in failed)


def test_no_seed_hides_another(tmp_path, drawn):
    """Also where many have nearly the same figure."""
    found = [Outcome(n, 9, 12, 0.46 + n % 5 / 1e5, 0.78 + n / 1e3) for n in range(20)]
    seeds.draw([seeds.Strip("a", found, [])], tmp_path / "a.png")
    loss, _ = drawn[0].axes
    places = [loss.transData.transform(point) for point in dots(loss, "o")]
    assert len(places) == 20
    [line] = [
        line
        for line in loss.lines
        if line.get_marker() == "o" and any(line.get_xdata())
    ]
    size = line.get_markersize() / 72 * drawn[0].dpi
    for place, other in itertools.combinations(places, 2):
        assert abs(place - other).max() > 0.95 * size


def finished(val_loss, val_accuracy):
    """A history of which only the validation matters."""
    epochs = len(val_loss)
    return {
        "loss": [0.5] * epochs,
        "accuracy": [0.8] * epochs,
        "val_loss": val_loss,
        "val_accuracy": val_accuracy,
    }


@pytest.mark.parametrize(
    ("history", "caution"),
    [
        (None, ""),
        (finished([0.6, 0.5, 0.51, 0.52, 0.53], [0.7, 0.8, 0.8, 0.8, 0.8]), ""),
        (finished([0.6, 0.5, 0.51], [0.7, 0.8, 0.8]), "unfinished"),
        (finished([0.6], [0.7]), "unfinished"),
        (finished([0.69, 0.7, 0.7, 0.7], [0.52, 0.5, 0.5, 0.6]), "chance"),
    ],
)
@pytest.mark.parametrize("language", picture.LANGUAGES)
def test_memory_warns_of_a_run_that_is_not_trained_to_its_end(
    tmp_path, tokens, language, history, caution
):
    if language == "ko" and not fonts.find_hangul():
        pytest.skip("no installed font has Hangul")
    found = memory.memory(build("gru", {}), tokens, history)
    assert found.caution == caution
    memory.draw([("run", found)], tmp_path / "a.svg", "", language)
    warnings = [text for text in lettering(tmp_path / "a.svg") if "!" in text]
    assert len(warnings) == bool(caution)
    if caution == "unfinished":
        assert str(len(history["val_loss"])) in warnings[0]
    elif caution == "chance":
        assert "0.52" in warnings[0]


def test_the_same_picture_has_the_same_bytes(tmp_path):
    found = shapes.steps(models.build("stack"))
    for suffix in picture_file.SUFFIXES:
        paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
        for path in paths:
            shapes.draw(found, path)
        assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    "module",
    [
        connections,
        hidden_states,
        learning_curve,
        lengths,
        memory,
        replayed,
        seeds,
        shapes,
        unfolded,
    ],
)
def test_both_languages_say_the_same_things(module):
    english, korean = (module.TEXTS[language] for language in ("en", "ko"))
    assert english.keys() == korean.keys()
    for key in english:
        assert english[key].count("{") == korean[key].count("{")


def test_a_missing_hangul_font_is_said_and_not_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_known_hangul", lambda: None)
    monkeypatch.setattr(fonts, "_add_new_fonts", lambda: None)
    with pytest.raises(UserError, match="fonts-nanum"):
        shapes.draw(shapes.steps(models.build("stack")), tmp_path / "a.png", "", "ko")
    shapes.draw(shapes.steps(models.build("stack")), tmp_path / "a.png", "", "en")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_character_without_a_glyph_is_an_error_and_the_old_file_stays(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("old")
    with pytest.raises(UserError, match="no installed font has a character"):
        shapes.draw(shapes.steps(models.build("stack")), path, "\U0001ffff")
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


# The command


def command(*arguments):
    draw.main(draw.parser().parse_args([str(argument) for argument in arguments]))


def test_every_picture_has_a_command(run_folder, seeds_folder, tmp_path):
    for name, *arguments in (
        ("unfolded", run_folder, "the film is good"),
        ("connections",),
        ("connections", run_folder),
        ("shapes", run_folder),
        ("shapes", "weights"),
        ("curves", run_folder, run_folder),
        ("seeds", seeds_folder, seeds_folder),
        ("hidden-states", run_folder, "the film is not good"),
        ("memory", run_folder, "--reviews", 20, "--data", "sample"),
        ("confusion", run_folder, "--data", "sample"),
        ("lengths", "--data", "sample"),
    ):
        path = tmp_path / f"{name}.svg"
        command(name, *arguments, "--out", path, "--overwrite")
        assert ElementTree.fromstring(path.read_bytes()).tag.endswith("svg")
    assert draw.PICTURES.keys() == {path.stem for path in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shapes", "stack", "--out", "a.jpg"], r"\.png or \.svg"),
        (["shapes", "stack", "--out", "missing/a.png"], "no folder missing"),
        (["shapes", "stack", "--out", "."], r"\.png or \.svg"),
        (["shapes", "missing"], "no run folder"),
        (["connections", "one-hot"], "500 inputs and 10 neurons"),
        (["curves", "missing"], "no run folder"),
        (["memory", "missing", "--reviews", "0"], "from 1 to 25,000"),
    ],
)
def test_a_wrong_option_is_said(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message):
        command(*arguments)
    assert not list(tmp_path.iterdir())


def test_the_command_refuses_an_existing_file(tmp_path):
    path = tmp_path / "shapes.png"
    path.write_text("mine")
    code, output, errors = run_command("draw.py", "shapes", "stack", "--out", path)
    assert (code, output) == (1, "")
    assert errors.startswith("error:") and errors.count("\n") == 1
    assert "--overwrite" in errors
    assert path.read_text() == "mine"
    options = ("--out", path, "--overwrite")
    code, output, errors = run_command("draw.py", "shapes", "stack", *options)
    assert (code, output, errors) == (0, f"wrote {path}\n", "")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_an_unknown_picture_is_a_wrong_option():
    code, _, errors = run_command("draw.py", "unknown")
    assert code == 2
    assert "hidden-states" in errors
