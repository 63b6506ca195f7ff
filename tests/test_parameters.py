"""explain_parameters: any model's parameters term by term, never guessed."""

import io
import re

import keras
import pytest
from keras import layers
from rich.cells import cell_len
from rich.console import Console

import chapter9
import models
from before_keras import book, language
from before_keras.safety.errors import UserError
from chapter9 import GRU, LSTM, SimpleRNN, explain_parameters
from chapter9.model_files import saved_layers
from chapter9.parameters import layer_facts
from chapter9.parameters import terms as parameter_terms
from chapter9.parameters.explain import explain
from chapter9.parameters.table import HEADINGS
from models.recurrent_layers import LAYERS


class Scale(keras.layers.Layer):
    """A layer of someone's own."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1], 2), name="[red]<scale>")

    def call(self, x):
        return x @ self.scale


class Dense(keras.layers.Dense):
    """Someone's own layer with Keras's name, and a weight more."""

    def build(self, shape):
        super().build(shape)
        self.more = self.add_weight(shape=(5,), name="more")


def network(*parts, shape=(12, 4)):
    return keras.Sequential([keras.Input(shape), *parts])


KNOWN = {
    "Dense": ((12, 4), lambda: layers.Dense(3)),
    "Dense without bias": ((12, 4), lambda: layers.Dense(3, use_bias=False)),
    "Embedding": ((12,), lambda: layers.Embedding(50, 16)),
    "built-in SimpleRNN": ((12, 4), lambda: layers.SimpleRNN(3)),
    "SimpleRNN": ((12, 4), lambda: SimpleRNN(3)),
    "SimpleRNN of tokens": ((12,), lambda: SimpleRNN(3, num_tokens=50)),
    "LSTM": ((12, 4), lambda: layers.LSTM(3, dropout=0.3)),
    "LSTM without bias": ((12, 4), lambda: layers.LSTM(3, use_bias=False)),
    "GRU": ((12, 4), lambda: layers.GRU(3)),
    "GRU with one bias": ((12, 4), lambda: layers.GRU(3, reset_after=False)),
    "LSTM of ours": ((12, 4), lambda: LSTM(3, dropout=0.3)),
    "LSTM of ours without bias": ((12, 4), lambda: LSTM(3, use_bias=False)),
    "LSTM of tokens": ((12,), lambda: LSTM(3, num_tokens=50, return_sequences=True)),
    "GRU of ours": ((12, 4), lambda: GRU(3)),
    "GRU of ours with one bias": ((12, 4), lambda: GRU(3, reset_after=False)),
    "GRU of tokens": ((12,), lambda: GRU(3, num_tokens=50, use_bias=False)),
    "Bidirectional": ((12, 4), lambda: layers.Bidirectional(layers.GRU(3))),
    "Bidirectional of ours": ((12, 4), lambda: layers.Bidirectional(SimpleRNN(3))),
    "Bidirectional LSTM of ours": ((12, 4), lambda: layers.Bidirectional(LSTM(3))),
    "a backward layer of its own": (
        (12, 4),
        lambda: layers.Bidirectional(
            layers.LSTM(3), backward_layer=layers.GRU(3, go_backwards=True)
        ),
    ),
    "TimeDistributed": ((12, 4), lambda: layers.TimeDistributed(layers.Dense(3))),
    "SpectralNormalization": (
        (12, 4),
        lambda: layers.SpectralNormalization(layers.Conv1D(6, 3)),
    ),
    "Conv1D": ((12, 4), lambda: layers.Conv1D(6, 3, groups=2)),
    "Conv2D": ((12, 12, 4), lambda: layers.Conv2D(6, (3, 2))),
    "Conv2DTranspose": ((12, 12, 4), lambda: layers.Conv2DTranspose(6, 3)),
    "DepthwiseConv2D": (
        (12, 12, 4),
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2),
    ),
    "SeparableConv1D": ((12, 4), lambda: layers.SeparableConv1D(6, 3)),
    "BatchNormalization": ((12, 4), lambda: layers.BatchNormalization()),
    "batch renormalization": ((12, 4), lambda: layers.BatchNormalization(renorm=True)),
    "Normalization": ((12, 4), lambda: layers.Normalization()),
    "Normalization of all axes at once": (
        (12, 4),
        lambda: layers.Normalization(axis=None),
    ),
    "Normalization by given numbers": (
        (12, 4),
        lambda: layers.Normalization(mean=0.5, variance=2.0),
    ),
    "LayerNormalization": ((12, 4), lambda: layers.LayerNormalization(center=False)),
    "normalized over two axes": (
        (12, 4),
        lambda: layers.LayerNormalization(axis=[1, 2]),
    ),
    "GroupNormalization": ((12, 4), lambda: layers.GroupNormalization(2)),
    "RMSNormalization": ((12, 4), lambda: layers.RMSNormalization()),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_terms_of_a_layer_add_up_to_count_params(name):
    shape, make = KNOWN[name]
    model = network(make(), shape=shape)
    table = explain_parameters(model)
    (entry,) = table.layers
    assert sum(term.count for term in entry.terms) == model.count_params()
    assert (entry.mark, table.total) == ("ok", model.count_params())
    assert entry.layer.output_shape == model.output_shape


def attention(**options):
    """A model that attends from 8 numbers to 5, by keys of 4."""
    query, value, key = (keras.Input(shape) for shape in ((6, 8), (7, 5), (7, 4)))
    attended = layers.MultiHeadAttention(num_heads=2, **options)(query, value, key)
    return keras.Model([query, value, key], attended)


ATTENTION = {
    "keys alone": {"key_dim": 3},
    "values of another size": {"key_dim": 3, "value_dim": 9},
    "output of another size": {"key_dim": 3, "output_shape": 11},
    "output of several axes": {"key_dim": 3, "output_shape": (11, 2)},
    "without bias": {"key_dim": 3, "use_bias": False},
    "all of it": {"key_dim": 3, "value_dim": 9, "output_shape": (11,), "dropout": 0.1},
    "with a gate": {"key_dim": 3, "value_dim": 9, "use_gate": True},
}


@pytest.mark.parametrize("options", ATTENTION.values(), ids=ATTENTION)
def test_the_terms_of_attention_are_its_weights(options):
    model = attention(**options)
    *_, entry = explain_parameters(model).layers
    weights = {weight.path.split("/", 1)[1]: weight.shape for weight in model.weights}
    names = {"output": "attention_output"}
    found = {
        "/".join(names.get(part, part) for part in term.name.split(" ")): term.shapes[0]
        for term in entry.terms
    }
    assert found == weights
    assert (entry.mark, entry.expected) == ("ok", model.count_params())
    assert entry.layer.output_shape == model.output_shape


def test_attention_of_a_sequence_to_itself_is_explained():
    x = keras.Input((6, 8))
    model = keras.Model(x, layers.MultiHeadAttention(num_heads=2, key_dim=3)(x, x))
    *_, entry = explain_parameters(model).layers
    assert entry.lines()[:2] == [
        ("query kernel", "8 x 2 x 3", 48),
        ("query bias", "2 x 3", 6),
    ]
    assert (entry.mark, entry.expected) == ("ok", model.count_params())
    assert "쿼리 가중치" in str(explain_parameters(model, "ko"))


def test_a_recurrent_layer_that_is_given_its_first_state_is_explained():
    x, state = keras.Input((12, 4)), keras.Input((3,))
    for of in (layers, chapter9):
        model = keras.Model([x, state], of.GRU(3)(x, initial_state=state))
        *_, entry = explain_parameters(model).layers
        assert (entry.mark, entry.expected) == ("ok", model.count_params())


# What training changes, and what it does not.


def normalized():
    return network(layers.Dense(3), layers.BatchNormalization(), layers.Dense(1))


def frozen():
    inner = network(layers.Dense(5), layers.BatchNormalization())
    inner.trainable = False
    both_ways = layers.Bidirectional(LSTM(2, trainable=False, return_sequences=True))
    return network(layers.Dense(4, trainable=False), inner, both_ways, GRU(2))


def all_frozen():
    model = normalized()
    model.trainable = False
    return model


PARTLY_TRAINED = {"normalized": normalized, "frozen": frozen, "all frozen": all_frozen}


def summary(model):
    """The totals that Keras prints."""
    lines = []
    model.summary(print_fn=lines.append)
    found = re.findall(
        r"(Total|Trainable|Non-trainable) params: ([\d,]+)", "".join(lines)
    )
    return {name.lower(): int(count.replace(",", "")) for name, count in found}


@pytest.mark.parametrize("make", PARTLY_TRAINED.values(), ids=PARTLY_TRAINED)
def test_trainable_and_non_trainable_are_those_of_the_summary(make):
    model = make()
    table = explain_parameters(model)
    assert table.totals() == summary(model)
    assert table.totals()["non-trainable"] > 0


def test_the_moving_mean_and_variance_are_named_as_not_trained():
    table = explain_parameters(normalized())
    text = str(table)
    assert text.count("(non-trainable)") == 2
    assert "moving mean (non-trainable)" in text
    assert "moving variance (non-trainable)" in text
    assert "이동 평균 (훈련되지 않음)" in str(explain_parameters(normalized(), "ko"))


class Averages(layers.Layer):
    """Someone's layer, whose weights are named as those of Keras's Normalization."""

    def build(self, shape):
        self.mean = self.add_weight(shape=(3,), name="mean")
        self.count = self.add_weight(shape=(2,), name="count", trainable=False)

    def call(self, x):
        return x


def test_of_a_strangers_layer_no_weight_is_judged_by_its_name():
    table = explain_parameters(network(Averages()))
    assert "(non-trainable)" not in str(table)
    assert table.totals() == {"total": 5, "trainable": 3, "non-trainable": 2}


def test_a_frozen_layer_is_named_as_not_trained():
    model = network(layers.Dense(3, trainable=False), layers.Dense(1))
    text = str(explain_parameters(model))
    assert "kernel (non-trainable)" in text
    assert text.count("(non-trainable)") == 2


def test_one_frozen_weight_is_counted():
    model = network(layers.Dense(3))
    model.layers[0].bias.trainable = False
    assert explain_parameters(model).totals() == summary(model)


@pytest.mark.parametrize("language", language.LANGUAGES)
@pytest.mark.parametrize("make", [attention, frozen, lambda: models.build("gru")])
def test_the_table_fits_80_columns_with_no_word_broken(make, language):
    model = make(key_dim=3) if make is attention else make()
    table = explain_parameters(model, language)
    assert max(map(cell_len, str(table).splitlines())) <= 80
    unbroken = " ".join(line.plain for line in table.__rich__().lines(10_000))
    assert str(table).split() == unbroken.split()
    for entry in table.layers:
        for _, formula, count in entry.lines():
            product = (
                f"{count:,}" if formula == str(count) else f"{formula} = {count:,}"
            )
            assert f" {product}\n" in str(table)


def test_four_inputs_and_three_neurons_are_12_9_and_3():
    table = explain_parameters(models.build("weights"))
    assert table.layers[0].lines() == [
        ("kernel", "4 x 3", 12),
        ("recurrent kernel", "3 x 3", 9),
        ("bias", "3", 3),
    ]


@pytest.mark.parametrize(
    "fact", book.MODELS, ids=lambda f: f"{f.name}-{f.cells}-{f.words}"
)
def test_every_model_of_the_book_is_explained(fact):
    model = models.build(fact.name, words=fact.words, cells=fact.cells)
    counts = [entry.expected for entry in explain_parameters(model).layers]
    assert [count for count in counts if count] == list(fact.layers)


@pytest.mark.parametrize("of", LAYERS.values(), ids=LAYERS)
def test_lstm_and_gru_are_explained_gate_by_gate(of):
    lstm = explain_parameters(network(of.LSTM(8), shape=(100, 16))).layers[0]
    assert [name for name, *_ in lstm.lines()] == list(parameter_terms.LSTM_GATES)
    assert {formula for _, formula, _ in lstm.lines()} == {"16 x 8 + 8 x 8 + 8"}
    gru = explain_parameters(network(of.GRU(8), shape=(100, 16))).layers[0]
    assert [name for name, *_ in gru.lines()] == list(parameter_terms.GRU_GATES)
    assert {formula for _, formula, _ in gru.lines()} == {"16 x 8 + 8 x 8 + 2 x 8"}


@pytest.mark.parametrize("language", language.LANGUAGES)
@pytest.mark.parametrize("name", models.REVIEW_MODELS)
def test_the_models_of_our_layers_are_explained_as_those_of_keras(name, language):
    def explained(layer):
        keras.backend.clear_session()  # so that the layers have the same names
        return explain_parameters(models.build(name, layer=layer), language)

    ours, builtin = (list(explained(layer).rows()) for layer in LAYERS)
    if name == "one-hot":  # a layer fewer: ours takes the ids
        del builtin[0]
    assert ours == builtin


def test_a_layer_of_ours_with_other_weights_than_its_formula_fails():
    layer = LSTM(3, num_tokens=50)
    model = network(layer, shape=(12,))
    layer.num_tokens = 40
    (entry,) = explain_parameters(model).layers
    assert (entry.mark, entry.expected) == ("FAIL", 4 * (40 * 3 + 3 * 3 + 3))


@pytest.mark.parametrize("layer", [Scale(), Dense(3)])
def test_a_layer_of_someones_own_is_shown_by_its_weights_not_guessed(layer):
    model = network(layer)
    (entry,) = explain_parameters(model).layers
    assert (entry.terms, entry.expected, entry.mark) == (None, None, "not known")
    assert sum(count for *_, count in entry.lines()) == model.count_params()
    assert [name for name, *_ in entry.lines()] == [w.name for w in layer.weights]


ADAPTED = {
    "Dense": ((12, 4), lambda: layers.Dense(3)),
    "Embedding": ((12,), lambda: layers.Embedding(50, 16)),
    "Conv1D": ((12, 4), lambda: layers.Conv1D(6, 3, groups=2)),
}


@pytest.mark.parametrize("name", ADAPTED)
def test_case_68_what_lora_adds_is_a_term_and_within_the_kernel_of_a_file(
    name, tmp_path
):
    shape, make = ADAPTED[name]
    model = network(make(), shape=shape)
    before = model.count_params()
    model.layers[0].enable_lora(2)
    (entry,) = explain_parameters(model).layers
    assert (entry.mark, entry.expected) == ("ok", model.count_params())
    assert entry.expected > before
    model.save(tmp_path / "model.keras")
    (entry,) = explain(saved_layers.of_file(tmp_path / "model.keras")).layers
    assert (entry.mark, entry.expected) == ("ok", before)


@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_case_68_a_layer_that_keras_quantized_is_shown_by_its_weights(mode, tmp_path):
    model = network(layers.Embedding(50, 16), layers.Dense(3), shape=(12,))
    model.quantize(mode)
    model.save(tmp_path / "model.keras")
    for facts in (
        layer_facts.of_model(model),
        saved_layers.of_file(tmp_path / "model.keras"),
    ):
        table = explain(facts)
        assert table.holds
        assert table.layers[-1].mark == "not known"
        assert table.total == model.count_params()


def test_case_68_a_kernel_that_a_file_holds_twice_counts_once(tmp_path):
    model = network(layers.SpectralNormalization(layers.Dense(3)))
    model.save(tmp_path / "model.keras")
    (entry,) = explain(saved_layers.of_file(tmp_path / "model.keras")).layers
    assert (entry.mark, entry.expected) == ("ok", model.count_params())
    assert entry.non_trainable == 3


def test_nested_models_are_explained_layer_by_layer_and_shared_layers_once():
    shared = layers.Dense(4)
    inner = network(shared, layers.Dense(5))
    x = keras.Input((12, 4))
    y = layers.Concatenate()([inner(x), shared(x)])
    model = keras.Model(x, layers.Dense(1)(layers.Flatten()(y)))
    table = explain_parameters(model)
    assert table.total == model.count_params()
    assert [e.mark for e in table.layers] == ["ok"] * len(table.layers)
    assert f"{inner.name}/{shared.name}" in [e.layer.name for e in table.layers]


def test_weights_beside_the_layers_of_a_model_are_counted():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)
            self.gain = self.add_weight(shape=(7,), name="gain")

        def call(self, x):
            return self.dense(x)

    model = Net()
    model(keras.ops.ones((1, 4)))
    table = explain_parameters(model)
    assert table.total == model.count_params() == 22
    assert table.layers[-1].lines() == [("gain", "7", 7)]


def test_a_model_that_is_not_built_says_how_to_build_it():
    with pytest.raises(UserError, match=r"not built.*keras\.Input.*model\.build"):
        explain_parameters(keras.Sequential([layers.Dense(3)]))


def test_a_count_that_is_not_the_formulas_fails():
    layer = layers.Dense(3)
    model = network(layer)
    layer.units = 4
    table = explain_parameters(model)
    assert (table.layers[0].mark, table.holds) == ("FAIL", False)
    assert "16 + 4 = 20" in str(table)
    assert "count_params: 15" in str(table)


def test_the_table_in_a_terminal_takes_names_as_they_are():
    screen = Console(file=io.StringIO(), force_terminal=True, width=200)
    screen.print(explain_parameters(network(Scale())))
    assert "[red]<scale>" in screen.file.getvalue()


def test_the_table_in_a_notebook_escapes_names():
    page = explain_parameters(network(Scale()))._repr_html_()
    assert page.startswith("<table>")
    assert "[red]&lt;scale&gt;" in page
    assert "<scale>" not in page


def test_control_characters_in_a_name_do_not_reach_the_terminal():
    model = network(layers.Dense(3, name="a\x1b[2Jb"))
    assert "\x1b" not in str(explain_parameters(model))


def test_the_korean_table_says_every_word_in_korean():
    names = {*parameter_terms.LSTM_GATES, *parameter_terms.GRU_GATES, *HEADINGS}
    names |= {"kernel", "recurrent kernel", "bias", "embeddings", "total", "ok", "FAIL"}
    for shape, make in KNOWN.values():
        (entry,) = explain_parameters(network(make(), shape=shape)).layers
        names |= {
            name.split(" ", 1)[-1] for name, *_ in entry.lines() if "ward" in name
        }
        names |= {name for name, *_ in entry.lines() if "ward" not in name}
    *_, entry = explain_parameters(attention(key_dim=3, use_gate=True)).layers
    names |= {name for name, *_ in entry.lines()}
    names |= {"trainable", "non-trainable", "not known if trainable", "no parameters"}
    assert {name for name in names if language.word(name, "ko") == name} == set()
    assert "임베딩 벡터" in str(explain_parameters(models.build("gru"), "ko"))
