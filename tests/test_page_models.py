"""Anyone's saved model in the page: read as Keras reads it, or refused in one line."""

import json

import keras
import numpy as np
import pytest

import chapter9
from before_keras.safety.errors import UserError
from chapter9 import page
from tests.browser import Page, chromium
from tests.conftest import run_command
from tests.test_page import WORDS, data_of

layers = keras.layers
WORDS_OF_IMDB = 30  # tokens below it are known
T = 12


def saved(path, *parts, shape=(T,), dtype="int32"):
    """A model of these layers with random weights, biases too, as a file."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input(shape, dtype=dtype), *parts])
    random = np.random.default_rng(4)
    model.set_weights([random.uniform(-0.7, 0.7, w.shape) for w in model.get_weights()])
    model.save(path)
    return model


def probability():
    return layers.Dense(1, activation="sigmoid")


MODELS = {
    "two layers": lambda: [
        layers.Embedding(WORDS_OF_IMDB, 4),
        layers.LSTM(3, return_sequences=True, dropout=0.2),
        layers.Dropout(0.3),
        layers.GRU(5),
    ],
    "ours": lambda: [chapter9.GRU(4, num_tokens=WORDS_OF_IMDB)],
    "one-hot rows": lambda: [
        layers.CategoryEncoding(WORDS_OF_IMDB, output_mode="one_hot"),
        layers.SimpleRNN(4),
    ],
}


@pytest.mark.browser
def test_a_saved_model_is_read_as_keras_reads_it(tmp_path):
    made = {
        name: saved(tmp_path / f"{name}.keras", *parts(), probability())
        for name, parts in MODELS.items()
    }
    data = [page.saved_model(tmp_path / f"{name}.keras", WORDS) for name in made]
    data += [page.saved_model(tmp_path / "ours.keras", WORDS, index_from=0)]
    data += [page.saved_model(tmp_path / "ours.keras")]  # without words: ids
    page.write(tmp_path / "page.html", data)
    keras_ids = [0] * 7 + [1, 6, 4, 8, 2]  # start, film, the, bad, word3: too rare
    ranks = [0] * 9 + [3, 1, 5]
    cases = [(k, "FILM the bad! word40", keras_ids) for k in range(3)]
    cases += [(3, "film the bad word40 absent", ranks), (4, "3, 1 5 99", ranks)]
    with chromium() as browser:
        shown = Page(browser, tmp_path / "page.html")
        for index, review, ids in cases:
            found = shown.run(
                """([index, review]) => {
                  const { tokens, probability } = read(index, review);
                  return [tokens, probability];
                }""",
                [index, review],
            )
            model = list(made.values())[min(index, 2) if index < 3 else 1]
            [[expected]] = model.predict(np.array([ids]), verbose=0)
            assert found[0] == ids
            assert found[1] == pytest.approx(float(expected), abs=1e-5)
        for index in range(len(data)):
            shown.tab.select_option("#run", str(index))
            assert "saved model" in shown.text("#identity")
            for tab in ("compare", "parameters", "training", "review"):
                shown.tab.click(f"#tab-{tab}")
        shown.write("1 3 5")
        assert shown.text("#verdict b") != "–"
        assert shown.errors == []


@pytest.mark.browser
def test_softmax_labels_are_read_as_keras_reads_them_by_name_or_by_number(tmp_path):
    softmax = layers.Dense(3, activation="softmax")
    made = saved(tmp_path / "topics.keras", *MODELS["two layers"](), softmax)
    five = layers.Dense(5, activation="softmax")
    saved(tmp_path / "stars.keras", *MODELS["ours"](), five)
    topics = ("world", "<b>sports</b>", "business")
    options = ("--no-open", "--words", tmp_path / "index.json", "--index-from", 0)
    ranks = {word: rank for rank, word in enumerate(WORDS, 1)}
    (tmp_path / "index.json").write_text(json.dumps(ranks))
    code, _, error = run_command(
        *("explore.py", "--model", tmp_path / "topics.keras"),
        *("--labels", *topics, *options, "--out", tmp_path / "named.html"),
    )
    assert (code, error) == (0, "")
    code, _, error = run_command(
        *("explore.py", "--model", tmp_path / "topics.keras"),
        *("--model", tmp_path / "stars.keras", *options),
        *("--out", tmp_path / "numbered.html"),
    )
    assert (code, error) == (0, "")
    expected = made.predict(np.array([[0] * 9 + [3, 1, 4]]), verbose=0)[0]
    best = int(expected.argmax())
    with chromium() as browser:
        for file, names in (
            ("named.html", topics),
            ("numbered.html", [f"label {k}" for k in range(3)]),
        ):
            shown = Page(browser, tmp_path / file)
            shown.write("film the good")
            found = shown.run("() => Array.from(currentReading().trace.outputs.at(-1))")
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
            assert f"{expected[best]:.3f} {names[best]} " in shown.text("#verdict")
            for tab in ("compare", "parameters", "training", "review"):
                shown.tab.click(f"#tab-{tab}")
            assert shown.errors == []
        shown.run("() => { showTab('compare'); compare.b = 1; drawCompare() }")
        assert "The two models have other labels" in shown.text("#difference")


def test_labels_are_as_many_as_the_model_tells_apart(tmp_path):
    path = tmp_path / "my.keras"
    saved(path, *MODELS["ours"](), layers.Dense(3, activation="softmax"))
    for names in (("a", "b"), ("a", "b", "c", "d"), ("a", "b", "b")):
        with pytest.raises(UserError, match="tells 3 labels apart: give as many"):
            page.saved_model(path, labels=names)
    saved(path, *MODELS["ours"](), probability())
    assert page.saved_model(path, labels=("no", "yes"))["labels"] == ["no", "yes"]
    with pytest.raises(UserError, match="tells 2 labels apart"):
        page.saved_model(path, labels=("no", "yes", "perhaps"))


def test_more_labels_than_a_page_shows_are_refused(tmp_path):
    many = layers.Dense(101, activation="softmax", name="classes")
    saved(tmp_path / "my.keras", *MODELS["ours"](), many)
    with pytest.raises(UserError, match=r"layer classes \(Dense\): its weights are"):
        page.saved_model(tmp_path / "my.keras")


def test_float_rows_and_a_functional_model_are_taken_too(tmp_path):
    rows = saved(
        tmp_path / "rows.keras",
        layers.LSTM(3),
        probability(),
        shape=(None, 9),
        dtype="float32",
    )
    found = page.saved_model(tmp_path / "rows.keras", timesteps=7)
    assert found["settings"]["words"] == 9
    assert found["settings"]["timesteps"] == 7
    assert found["parameters"] == rows.count_params()
    assert found["vocabulary"] == [str(k) for k in range(1, 9)]
    ids = keras.Input((5,), dtype="int32")
    h = layers.SimpleRNN(3)(layers.Embedding(9, 2)(ids))
    keras.Model(ids, probability()(h)).save(tmp_path / "functional.keras")
    found = page.saved_model(tmp_path / "functional.keras")
    assert found["settings"]["timesteps"] == 5


def embedding(**options):
    return layers.Embedding(9, 2, name="vectors", **options)


REFUSED = {
    "vectors": [embedding(mask_zero=True), layers.LSTM(2), probability()],
    "both": [
        embedding(),
        layers.Bidirectional(layers.LSTM(2), name="both"),
        probability(),
    ],
    "verdict": [embedding(), layers.LSTM(2), layers.Dense(1, name="verdict")],
    "classes": [
        embedding(),
        layers.LSTM(2),
        layers.Dense(3, activation="sigmoid", name="classes"),
    ],
    "alone": [
        embedding(),
        layers.LSTM(2),
        layers.Dense(1, activation="softmax", name="alone"),
    ],
    "second": [
        embedding(),
        layers.LSTM(2),
        layers.Dense(4, activation="relu"),
        layers.Dense(1, activation="sigmoid", name="second"),
    ],
    "all": [
        embedding(),
        layers.LSTM(2, return_sequences=True, name="all"),
        probability(),
    ],
    "relu": [
        embedding(),
        layers.SimpleRNN(2, activation="relu", name="relu"),
        probability(),
    ],
    "counts": [
        layers.CategoryEncoding(9, output_mode="multi_hot", name="counts"),
        layers.Reshape((1, 9)),
        layers.LSTM(2),
        probability(),
    ],
}


@pytest.mark.parametrize("layer", REFUSED)
def test_what_the_page_cannot_compute_is_refused_by_the_layers_name(tmp_path, layer):
    saved(tmp_path / "my.keras", *REFUSED[layer])
    wanted = "reshape" if layer == "counts" else layer
    with pytest.raises(UserError, match=rf"layer {wanted}\b") as caught:
        page.saved_model(tmp_path / "my.keras")
    assert "\n" not in str(caught.value)


def test_a_model_without_a_recurrent_layer_is_refused(tmp_path):
    saved(tmp_path / "my.keras", layers.Dense(3), shape=(4,), dtype="float32")
    with pytest.raises(UserError, match="there is no recurrent layer"):
        page.saved_model(tmp_path / "my.keras")


def test_layers_that_do_not_stand_in_a_line_are_refused(tmp_path):
    ids = keras.Input((5,), dtype="int32")
    vectors = layers.Embedding(9, 3)(ids)
    lower = layers.SimpleRNN(3, return_sequences=True)(vectors)
    upper = layers.SimpleRNN(3, name="upper")(vectors)
    for outputs, wanted in (([upper], "upper"), ([lower, upper], "upper")):
        both = layers.Add(name="sum")([layers.LSTM(3)(lower), upper])
        outputs = [probability()(both)] if len(outputs) == 1 else outputs
        keras.Model(ids, outputs).save(tmp_path / "my.keras")
        with pytest.raises(UserError, match=f"in a line.*layer {wanted} does not"):
            page.saved_model(tmp_path / "my.keras")


def test_more_words_than_a_page_can_hold_are_refused_before_they_are_listed(tmp_path):
    many = [layers.Embedding(100_001, 1, name="vectors"), layers.LSTM(2), probability()]
    saved(tmp_path / "my.keras", *many)
    with pytest.raises(
        UserError, match=r"layer vectors \(Embedding\): its weights are"
    ):
        page.saved_model(tmp_path / "my.keras")


def test_a_damaged_model_is_refused(tmp_path):
    saved(tmp_path / "my.keras", *MODELS["two layers"](), probability())
    content = (tmp_path / "my.keras").read_bytes()
    (tmp_path / "my.keras").write_bytes(content[:-300])
    with pytest.raises(UserError, match=r"my\.keras is damaged"):
        page.saved_model(tmp_path / "my.keras")


def test_explore_takes_models_with_their_words(tmp_path):
    for name in ("a", "b"):
        saved(tmp_path / f"{name}.keras", *MODELS["two layers"](), probability())
    ranks = {word: rank for rank, word in enumerate(["the", "film", "good"], 1)}
    (tmp_path / "index.json").write_text(json.dumps(ranks))
    code, output, error = run_command(
        *("explore.py", "--model", tmp_path / "a.keras"),
        *("--model", tmp_path / "b.keras", "--words", tmp_path / "index.json"),
        "--no-open",
    )
    assert (code, error) == (0, "")
    assert str(tmp_path / "explore.html") in output
    runs = data_of(tmp_path / "explore.html")["runs"]
    assert [run["name"] for run in runs] == ["a", "b"]
    assert [run["kind"] for run in runs] == ["imdb", "imdb"]
    for option in ("--words", "--labels"):
        code, _, error = run_command("explore.py", option, "index.json")
        assert code == 1 and f"{option} goes with --model" in error
