"""The chapter's models: parameter counts and shapes are the book's."""

import keras
import numpy as np
import pytest

import models
from before_keras import book
from chapter9.training import train as training

FACTS = [
    pytest.param(fact, layer, id=f"{fact.name}-{fact.words}-{fact.cells}-{layer}")
    for fact in book.MODELS
    for layer in models.LAYERS
]


def build(fact, layer):
    return models.build(fact.name, layer=layer, words=fact.words, cells=fact.cells)


@pytest.mark.parametrize(("fact", "layer"), FACTS)
def test_parameters_are_the_books_layer_by_layer(fact, layer):
    model = build(fact, layer)
    counts = tuple(made.count_params() for made in model.layers if made.count_params())
    assert counts == fact.layers
    assert model.count_params() == fact.total


@pytest.mark.parametrize(("fact", "layer"), FACTS)
def test_summary_prints_the_books_counts_and_shapes(fact, layer):
    model = build(fact, layer)
    lines = []
    model.summary(print_fn=lines.append)
    text = "".join(lines)
    assert f"Total params: {fact.total:,}" in text
    for count in fact.layers:
        assert f" {count:,} " in text
    assert f"(None, {fact.cells})" in text
    assert "(None, 1)" in text
    assert model.input_shape == (None, 100)


def test_totals_are_those_that_the_book_prints():
    totals = [fact.total for fact in book.MODELS]
    assert totals == [
        5121,
        8281,
        1681,
        2481,
        4081,
        3409,
        5009,
        8209,
        8809,
        8809,
        9353,
        8633,
    ]


@pytest.mark.parametrize("layer", models.LAYERS)
def test_figures_of_section_9_1_have_the_books_shapes_and_counts(layer):
    assert models.build("weights", layer=layer).count_params() == 24
    sentence = models.build("sentence", layer=layer)
    assert sentence.predict(np.zeros((1, 4, 3)), verbose=0).shape == (1, 2)
    stack = models.build("stack", layer=layer)
    assert [made.output.shape for made in stack.layers] == [(None, 4, 5), (None, 2)]
    two = models.build("prediction", layer=layer)
    assert [made.count_params() for made in two.layers] == [1_110, 11]
    assert two.layers[0].output.shape == (None, 10)
    assert two.layers[-1].activation is keras.activations.sigmoid
    many = models.build("prediction", layer=layer, classes=5)
    assert many.layers[-1].activation is keras.activations.softmax
    probabilities = many.predict(np.ones((2, 20, 100)), verbose=0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("name", models.REVIEW_MODELS)
def test_custom_and_built_in_models_say_the_same(name):
    ours, builtin = (models.build(name, layer=layer) for layer in models.LAYERS)
    ours.set_weights(builtin.get_weights())
    x = np.random.default_rng(0).integers(0, 500, (8, 100))
    np.testing.assert_allclose(
        ours.predict(x, verbose=0), builtin.predict(x, verbose=0), atol=1e-5
    )


@pytest.mark.parametrize("edition", [1, 2])
def test_one_hot_models_learn_the_same_from_ids_as_from_one_hot_rows(edition):
    """Not to be taken for granted: see the comment in SimpleRNN._look_up."""
    x = np.random.default_rng(0).integers(0, 9, (60, 12))  # most tokens several times
    y = (x[:, -1:] > 4).astype("float32")
    after = []
    for layer in models.LAYERS:
        keras.utils.set_random_seed(3)
        model = models.build("one-hot", layer=layer, words=9, cells=4, timesteps=12)
        training.compile_model(model, edition)
        model.fit(x, y, batch_size=20, epochs=4, shuffle=False, verbose=0)
        after.append(model.get_weights())
    for our, their in zip(*after, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-6)


def test_dropout_is_that_of_the_edition():
    for edition, rate in ((1, 0.3), (2, 0.2)):
        for name in ("lstm-dropout", "lstm-2-layers"):
            for layer in models.LAYERS:
                made = models.build(name, layer=layer, edition=edition).layers
                assert {m.dropout for m in made if hasattr(m, "dropout")} == {rate}


@pytest.mark.parametrize("layer", models.LAYERS)
@pytest.mark.parametrize(("edition", "rate"), [(1, 0), (2, 0.2)])
def test_the_2nd_editions_gru_drops_inputs_and_has_as_many_parameters(
    layer, edition, rate
):
    model = models.build("gru", layer=layer, edition=edition)
    assert model.layers[1].dropout == rate
    assert model.layers[1].count_params() == 624
    x = np.random.default_rng(0).integers(0, 500, (4, 100))
    dropped = not np.allclose(model(x, training=True), model(x))
    assert dropped == bool(rate)


def test_unknown_model_or_layer_is_named():
    with pytest.raises(ValueError, match="no model 'transformer'; there are"):
        models.build("transformer")
    with pytest.raises(ValueError, match="no layer 'mine'"):
        models.build("one-hot", layer="mine")


def test_case_69_one_timestep_is_enough_for_keras_own_layer():
    keras.utils.set_random_seed(2)
    ours, theirs = (
        models.build("one-hot", layer=layer, words=9, cells=3, timesteps=1)
        for layer in models.LAYERS
    )
    theirs.set_weights(ours.get_weights())
    tokens = np.arange(9)[:, None]
    np.testing.assert_allclose(ours(tokens), theirs(tokens), rtol=1e-5)
