"""verify.py --model: anyone's file is explained, and nothing in it is run.

The numbers in the tests' names are those of ../shared/reliability.md.
"""

import io
import json
import os
import subprocess
import sys
import time
import tracemalloc
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import layers
from rich.cells import cell_len

import models
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from chapter9 import GRU, LSTM, SimpleRNN, explain_parameters
from chapter9.model_files import saved_layers
from chapter9.model_files.recorded_shapes import producers
from chapter9.parameters import explain
from tests.conftest import needs_posix, run_command


def rows(table):
    """All that a table says of each layer."""
    return [
        (
            e.layer.class_name,
            e.layer.input_shape,
            e.layer.output_shape,
            e.mark,
            e.lines(),
        )
        for e in table.layers
    ]


def sequential():
    return keras.Sequential(
        [
            keras.Input((100,), dtype="int32"),
            layers.Embedding(50, 16),
            layers.Bidirectional(layers.LSTM(8, dropout=0.3, return_sequences=True)),
            layers.GRU(8, return_sequences=True),
            layers.Conv1D(6, 3, strides=2, padding="same"),
            layers.MaxPooling1D(2),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(4, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def of_our_layers():
    return keras.Sequential(
        [
            keras.Input((20,), dtype="int32"),
            LSTM(8, num_tokens=50, dropout=0.3, return_sequences=True),
            layers.Bidirectional(GRU(6, reset_after=False, return_sequences=True)),
            layers.Bidirectional(LSTM(5, return_sequences=True), merge_mode="sum"),
            SimpleRNN(4, return_sequences=True),
            GRU(3, use_bias=False),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def functional():
    inputs = keras.Input((10, 3))
    inner = keras.Sequential([keras.Input((10, 3)), layers.Dense(4), layers.Dense(5)])
    x = inner(inputs)
    y = layers.Conv1D(6, 3)(x)
    joined = layers.Concatenate()([layers.Flatten()(y), layers.Flatten()(x)])
    return keras.Model(inputs, layers.Dense(1)(joined))


def attending():
    """Attention of a sequence to another one, by position and by name."""
    x, y = keras.Input((6, 8)), keras.Input((7, 5))
    z = layers.MultiHeadAttention(num_heads=2, key_dim=3, output_shape=4)(x, y)
    z = layers.MultiHeadAttention(num_heads=2, key_dim=3, value_dim=5)(value=y, query=z)
    state = keras.Input((3,))
    return keras.Model([x, y, state], layers.GRU(3)(z, initial_state=state))


def frozen():
    inner = keras.Sequential([keras.Input((10, 3)), layers.Dense(4)])
    inner.trainable = False
    return keras.Sequential(
        [
            keras.Input((10, 3)),
            inner,
            layers.BatchNormalization(trainable=False),
            layers.Normalization(),
            layers.BatchNormalization(renorm=True, scale=False),
            layers.TimeDistributed(layers.Dense(2, trainable=False)),
            layers.Dense(1),
        ]
    )


MODELS = {
    "attending": attending,
    "frozen": frozen,
    "sequential": sequential,
    "functional": functional,
    "of our layers": of_our_layers,
    "one-hot": lambda: models.build("one-hot"),
    "one-hot, built-in": lambda: models.build("one-hot", layer="builtin"),
    "stack": lambda: models.build("stack"),
    "two layers": lambda: models.build("lstm-2-layers"),
    "two layers, built-in": lambda: models.build("lstm-2-layers", layer="builtin"),
    "gru": lambda: models.build("gru"),
    "gru of tokens": lambda: keras.Sequential(
        [keras.Input((20,), dtype="int32"), GRU(3, num_tokens=50)]
    ),
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", MODELS)
def test_a_file_is_explained_like_the_model_it_was_saved_from(name, suffix, tmp_path):
    model = MODELS[name]()
    model.compile("adam", "mse")
    model.save(tmp_path / f"model{suffix}")
    table = explain(saved_layers.of_file(tmp_path / f"model{suffix}"))
    assert rows(table) == rows(explain_parameters(model))
    assert (table.total, table.holds) == (model.count_params(), True)
    assert table.totals() == explain_parameters(model).totals()


def test_a_file_of_keras_2_is_explained(tmp_path):
    """Keras 2 wrote no modules, no InputLayer and no shapes between layers."""
    path = tmp_path / "old.h5"
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "sequential",
            "layers": [
                {
                    "class_name": "Embedding",
                    "config": {
                        "name": "embedding",
                        "batch_input_shape": [None, 100],
                        "input_dim": 500,
                        "output_dim": 16,
                    },
                },
                {
                    "class_name": "LSTM",
                    "config": {
                        "name": "lstm",
                        "units": 8,
                        "use_bias": True,
                        "return_sequences": False,
                    },
                },
            ],
        },
    }
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        weights = file.create_group("model_weights")
        weights["embedding/embedding/embeddings:0"] = np.zeros((500, 16))
        weights["lstm/lstm/kernel:0"] = np.zeros((16, 32))
        weights["lstm/lstm/recurrent_kernel:0"] = np.zeros((8, 32))
        weights["lstm/lstm/bias:0"] = np.zeros(32)
    table = explain(saved_layers.of_file(path))
    assert [(e.layer.count, e.mark) for e in table.layers] == [
        (8000, "ok"),
        (800, "ok"),
    ]
    assert [e.layer.output_shape for e in table.layers] == [(None, 100, 16), (None, 8)]


@keras.saving.register_keras_serializable()
class Doubled(layers.Layer):
    """A weight that training leaves as it is, of which only the layer knows."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(), trainable=False)

    def call(self, x):
        return self.factor * x


def test_whether_a_strangers_weight_is_trained_is_not_guessed(tmp_path):
    model = keras.Sequential([keras.Input((4,)), Doubled(), layers.Dense(2)])
    model.save(tmp_path / "model.keras")
    table = explain(saved_layers.of_file(tmp_path / "model.keras"))
    assert table.totals() == {
        "total": 11,
        "trainable": 10,
        "non-trainable": 0,
        "not known if trainable": 1,
    }
    assert explain_parameters(model).totals() == {
        "total": 11,
        "trainable": 10,
        "non-trainable": 1,
    }


# A model that is not described layer by layer, or not built, is named as what it is.


@keras.saving.register_keras_serializable()
class Net(keras.Model):
    """A subclassed model."""

    def __init__(self, sizes=(3, 1), **kwargs):
        super().__init__(**kwargs)
        self.sizes = list(sizes)
        self.parts = [layers.Dense(size) for size in sizes]

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


@keras.saving.register_keras_serializable()
class NetWithSizes(Net):
    """It calls the sizes of its layers its layers."""

    def get_config(self):
        return {"layers": self.sizes}

    @classmethod
    def from_config(cls, config):
        return cls(config["layers"])


@keras.saving.register_keras_serializable()
class Chain(keras.Sequential):
    """A subclass that still lists its layers."""


@pytest.mark.parametrize("kind", [Net, NetWithSizes])
def test_a_subclassed_model_is_named_as_such(kind, tmp_path):
    model, path = kind(), tmp_path / "model.keras"
    model(np.ones((1, 4)))
    model.save(path)
    message = refused(path, f"subclassed model, {kind.__name__}:")
    assert "damaged" not in message
    assert "explain_parameters(model)" in message
    loaded = keras.models.load_model(path)  # as the message says
    loaded(np.ones((1, 4)))
    assert explain_parameters(loaded).total == 4 * 3 + 3 + 3 + 1


def test_a_subclass_that_lists_its_layers_is_explained(tmp_path):
    Chain([keras.Input((4,)), layers.Dense(3)]).save(tmp_path / "model.keras")
    assert explain(saved_layers.of_file(tmp_path / "model.keras")).total == 15


@pytest.mark.parametrize(
    "parts",
    [
        [layers.Dense(3)],
        [layers.Embedding(50, 16), layers.LSTM(8)],
        [layers.Dropout(0.3)],
    ],
)
def test_a_model_that_is_not_built_is_named_as_such(parts, tmp_path):
    keras.Sequential(parts).save(tmp_path / "model.keras")
    message = refused(tmp_path / "model.keras", "is not built")
    assert "model.build(...)" in message


def test_a_model_without_weights_is_no_unbuilt_one(tmp_path):
    x, y = keras.Input((3,)), keras.Input((3,))
    keras.Model([x, y], layers.Add()([x, y])).save(tmp_path / "model.keras")
    table = explain(saved_layers.of_file(tmp_path / "model.keras"))
    assert (table.total, table.holds) == (0, True)


@pytest.mark.long
def test_command_names_a_subclassed_and_an_unbuilt_model_in_one_line(tmp_path):
    net, unbuilt = tmp_path / "net.keras", tmp_path / "unbuilt.keras"
    script = f"""
import keras, numpy
@keras.saving.register_keras_serializable()
class Net(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(3)
    def call(self, x):
        return self.dense(x)
model = Net()
model(numpy.ones((1, 4)))
model.save({str(net)!r})
keras.Sequential([keras.layers.Dense(3)]).save({str(unbuilt)!r})
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    for path, reason in ((net, "a subclassed model, Net"), (unbuilt, "not built")):
        code, out, err = run_command("verify.py", "--model", path)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("error: ")
        assert reason in err


# What is wrong with a file is said in one line.


@pytest.fixture
def saved(tmp_path):
    """A small good .keras file."""
    path = tmp_path / "model.keras"
    models.build("stack").save(path)
    return path


def refused(path, expected):
    """Checks that the file is refused in one line that names it and the reason."""
    with pytest.raises(UserError) as caught:
        explain(saved_layers.of_file(path))
    message = str(caught.value)
    assert expected in message
    assert "\n" not in message
    return message


def rewrite(path, change):
    """Writes a .keras file again, its members changed: {name: bytes} -> pairs."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in change(members):
            archive.writestr(name, content)


def edit_config(path, change):
    """Changes a .keras file's config in place."""

    def changed(members):
        config = json.loads(members["config.json"])
        change(config["config"]["layers"])
        return {**members, "config.json": json.dumps(config)}.items()

    rewrite(path, changed)


def edit_weights(path, change):
    """Changes a .keras file's HDF5 in place."""

    def changed(members):
        weights = io.BytesIO(members["model.weights.h5"])
        with h5py.File(weights, "r+") as file:
            change(file)
        return {**members, "model.weights.h5": weights.getvalue()}.items()

    rewrite(path, changed)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04", "damaged"),
        (b"hello", "neither"),
    ],
)
def test_29_an_empty_or_foreign_file_is_damaged(content, expected, tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    assert "damaged" in refused(path, expected)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_29_a_truncated_file_is_damaged(part, suffix, tmp_path):
    path = tmp_path / f"model{suffix}"
    models.build("stack").save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    refused(path, "damaged")


def test_30_a_flipped_byte_fails_the_checksum(saved):
    content = bytearray(saved.read_bytes())
    content[content.index(b"\x89HDF") + 3000] ^= 1
    saved.write_bytes(content)
    refused(saved, "CRC")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(zipfile.ZIP_LZMA, "damaged"), (zipfile.ZIP_BZIP2, "Invalid data stream")],
)
def test_30_a_member_that_cannot_be_unpacked_is_damaged(kind, expected, saved):
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(saved, "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        places = [info.header_offset for info in archive.infolist()]
    content = bytearray(saved.read_bytes())
    for place in places:
        content[place + 60 : place + 90] = b"\xff" * 30
    saved.write_bytes(content)
    refused(saved, expected)


@pytest.mark.parametrize("name", ["config.json", "metadata.json", "model.weights.h5"])
def test_31_a_missing_member_is_named(name, saved):
    rewrite(saved, lambda members: [m for m in members.items() if m[0] != name])
    refused(saved, name)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"config": 3}', "\xff"])
def test_31_bad_json_is_refused(text, saved):
    rewrite(saved, lambda m: {**m, "config.json": text.encode("latin-1")}.items())
    refused(saved, "damaged")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"config":' * 100_000])
def test_32_deep_json_is_refused(text, saved):
    rewrite(saved, lambda members: {**members, "config.json": text}.items())
    refused(saved, "nested too deeply")


def test_32_models_nested_without_end_are_refused(saved):
    model = '{"class_name": "Sequential", "config": {"name": "m", "layers": ['
    text = model * 300 + "]}}" * 300
    rewrite(saved, lambda members: {**members, "config.json": text}.items())
    refused(saved, str(saved))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_32_duplicate_members_and_names_are_refused(saved):
    rewrite(saved, lambda m: [*m.items(), ("config.json", m["config.json"])])
    refused(saved, "more than once")
    rewrite(saved, lambda m: {**m, "config.json": '{"config": 1, "config": 2}'}.items())
    refused(saved, "twice")


def test_33_a_lambda_layer_is_shown_and_its_code_not_run(saved, tmp_path):
    ran = tmp_path / "ran"
    name = str(ran)
    code = layers.Lambda(lambda x: [x, open(name, "w").close()][0])
    entry = {**keras.saving.serialize_keras_object(code), "name": "lambda"}
    edit_config(saved, lambda entries: entries.append(entry))
    table = explain(saved_layers.of_file(saved))
    assert table.layers[-1].layer.class_name == "Lambda"
    assert table.layers[-1].layer.output_shape is None
    assert not ran.exists()


def test_33_no_class_or_module_of_a_file_is_looked_up(saved):
    def stranger(entries):
        entries[1].update(module="antigravity", registered_name="antigravity>SimpleRNN")

    edit_config(saved, stranger)
    table = explain(saved_layers.of_file(saved))
    assert [entry.mark for entry in table.layers] == ["not known", "ok"]
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    "units",
    ["1000000000", "1" + "0" * 18, "1" + "0" * 300, "1" + "0" * 5000, "-1", '"3"',
     "null", "1e300", "NaN", "[3]", "{}", "3.0"],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_34_impossible_sizes_are_refused_or_fail_at_once(units, saved):
    def change(members):
        config = (
            members["config.json"].decode().replace('"units": 5', f'"units": {units}')
        )
        return {**members, "config.json": config}.items()

    rewrite(saved, change)
    tracemalloc.start()
    start = sum(os.times()[:4])  # of this process and its child, whoever else runs
    try:
        holds = explain(saved_layers.of_file(saved)).holds
    except UserError as error:
        assert "\n" not in str(error)
        holds = False
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not holds
    assert sum(os.times()[:4]) - start < 1
    assert peak < 100 * 2**20


@pytest.mark.parametrize("kind", ["DepthwiseConv1D", "SeparableConv1D"])
def test_34_a_text_is_not_multiplied(kind, saved):
    entry = keras.saving.serialize_keras_object(getattr(layers, kind)(3, 3))
    entry["build_config"] = {"input_shape": [None, 4, 10**12]}
    entry["config"]["depth_multiplier"] = "x"
    edit_config(saved, lambda entries: entries.append(entry))
    refused(saved, "depth_multiplier")


def test_case_34_more_layers_than_any_model_are_refused_nested_ones_too(saved):
    dense = keras.saving.serialize_keras_object(layers.Dense(3))

    def nest(entries):
        inner = {"name": "inner", "layers": [dense] * 100}
        entries += [{"class_name": "Sequential", "config": inner}] * 20

    edit_config(saved, nest)
    refused(saved, "it has 2,023 layers")


def serialized(layer, change=()):
    """A layer as a .keras file has it, its config changed in what no layer allows."""
    entry = keras.saving.serialize_keras_object(layer)
    entry["config"].update(change)
    return entry


@pytest.mark.parametrize("units", [3, "x" * 1_000])
def test_case_34_bidirectional_layers_in_one_another_double_nothing(units, saved):
    inner = serialized(layers.SimpleRNN(3, return_sequences=True), {"units": units})
    for _ in range(40):
        outer = layers.Bidirectional(layers.SimpleRNN(3))
        inner = serialized(outer, {"layer": inner})
    edit_config(saved, lambda entries: entries.insert(1, inner))
    table = explain(saved_layers.of_file(saved))
    assert table.layers[0].mark == "not known"
    assert len(table.layers[0].lines()) == 0


def test_case_34_a_long_name_is_not_repeated_layer_by_layer(saved):
    dropout = serialized(layers.Dropout(0.3))
    inner = {"name": "x" * 10**6, "layers": [dropout] * 1_000}
    model = {"class_name": "Sequential", "config": inner}
    edit_config(saved, lambda entries: entries.append(model))
    refused(saved, "is too long")


def test_case_34_tensors_nested_without_end_take_no_time(saved):
    tensor = {"class_name": "__keras_tensor__"}
    tensor["config"] = {"shape": [None, 4, 3], "keras_history": ["x", 0, 0]}
    nodes = [tensor] * 30_000
    for _ in range(400):
        nodes = [nodes]
    entry = serialized(layers.Concatenate()) | {"inbound_nodes": nodes}
    edit_config(saved, lambda entries: entries.append(entry))
    start = time.process_time()
    explain(saved_layers.of_file(saved))
    assert time.process_time() - start < 5  # as many levels took 14


def test_case_34_more_weights_and_layers_than_can_be_matched_are_refused(tmp_path):
    path = tmp_path / "model.h5"
    entries = [
        {"class_name": "Dense", "config": {"name": str(i)}, "inbound_nodes": []}
        for i in range(1990)
    ]
    inner = {"name": "m", "layers": entries}
    outer = {"name": "s", "layers": [{"class_name": "Sequential", "config": inner}]}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": outer}
        )
        group = file.create_group("model_weights/m/" + "a" * 900)
        for i in range(9_000):
            group[str(i)] = 0.0
    refused(path, "save the model as .keras")


def nested(name, *inner):
    """A model with one of the given layers within."""
    within = keras.Sequential([keras.Input((4, 2), name=name), *inner], name="enc")
    return keras.Sequential([keras.Input((4, 2)), within, layers.Dense(1)])


def test_a_nested_input_may_have_its_models_name(tmp_path):
    model = nested("enc", layers.Dense(3))
    model.save(tmp_path / "model.h5")
    table = explain(saved_layers.of_file(tmp_path / "model.h5"))
    assert (table.total, table.holds) == (model.count_params(), True)


def test_a_nested_model_without_an_input_has_that_of_the_model_around_it(tmp_path):
    """As Keras 2 writes a Sequential that was given none."""
    model, path = nested("input", layers.SimpleRNN(3)), tmp_path / "model.h5"
    model.save(path)
    before = str(explain(saved_layers.of_file(path)))
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        within = config["config"]["layers"][1]["config"]["layers"]
        assert within.pop(0)["class_name"] == "InputLayer"
        within[0].pop("build_config", None)
        file.attrs["model_config"] = json.dumps(config)
    assert str(explain(saved_layers.of_file(path))) == before
    assert "ok" in before


def test_a_weight_of_two_layers_is_unclear_in_h5_and_clear_in_keras(tmp_path):
    """The dense layer's name is part of the path of every weight beside it."""
    model = nested("input", layers.Dense(3, name="enc"), layers.Dense(2))
    model.save(tmp_path / "model.h5")
    refused(tmp_path / "model.h5", "save the model as .keras")
    model.save(tmp_path / "model.keras")
    table = explain(saved_layers.of_file(tmp_path / "model.keras"))
    assert (table.total, table.holds) == (model.count_params(), True)


def test_a_sum_of_many_weights_is_not_spelt_out(saved):
    def change(file):
        for i in range(3, 50):
            file[f"layers/simple_rnn/vars/{i}"] = np.zeros(7, "f4")

    edit_config(saved, lambda entries: entries[1].update(module="another"))
    edit_weights(saved, change)
    text = " ".join(str(explain(saved_layers.of_file(saved))).split())
    assert "+ 7 + ... = 374" in text
    assert text.count("+ 7") == 13


def test_case_34_sizes_that_every_layer_multiplies_are_refused(saved):
    layer = layers.DepthwiseConv1D(1, padding="same")
    entries = [
        serialized(layer, {"name": str(i), "depth_multiplier": 10**12})
        for i in range(500)
    ]

    def multiply(model):
        model[1:1] = entries

    edit_config(saved, multiply)
    refused(saved, "is no shape")


@pytest.mark.parametrize(
    "link", [h5py.SoftLink("/layers/simple_rnn_1"), h5py.ExternalLink("/etc/x.h5", "/")]
)
def test_35_links_to_elsewhere_are_refused(link, saved):
    def change(file):
        del file["layers/simple_rnn"]
        file["layers/simple_rnn"] = link

    edit_weights(saved, change)
    refused(saved, "Link to elsewhere")


def test_35_weights_in_another_file_are_refused(saved):
    def virtual(file):
        layout = h5py.VirtualLayout((3,), dtype="f4")
        layout[:] = h5py.VirtualSource("/etc/x.h5", "x", shape=(3,))
        del file["layers/simple_rnn/vars/2"]
        file.create_virtual_dataset("layers/simple_rnn/vars/2", layout)

    edit_weights(saved, virtual)
    refused(saved, "another file")

    def external(file):
        del file["layers/simple_rnn/vars/2"]
        file.create_dataset(
            "layers/simple_rnn/vars/2", (3,), "f4", external=[("/etc/x", 0, 12)]
        )

    edit_weights(saved, external)
    refused(saved, "another file")


@pytest.mark.parametrize(
    "value",
    [h5py.Empty("f4"), np.zeros(3, "S4"), np.zeros(3, "c8"), np.zeros(3, "f4,f4")],
    ids=["nothing", "text", "complex", "records"],
)
def test_weights_that_are_no_numbers_are_refused(value, saved):
    def change(file):
        del file["layers/simple_rnn/vars/2"]
        file["layers/simple_rnn/vars/2"] = value

    edit_weights(saved, change)
    refused(saved, "'simple_rnn/vars/2' holds no numbers")


def test_35_a_group_that_holds_itself_is_refused(saved):
    def change(file):
        file["layers/simple_rnn/again"] = file["layers/simple_rnn"]

    edit_weights(saved, change)
    refused(saved, "nested")


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "..\\x"])
def test_36_members_that_point_outside_are_refused(name, saved):
    rewrite(saved, lambda members: [*members.items(), (name, b"")])
    refused(saved, "points outside")


def test_37_weights_of_another_shape_fail(saved):
    def change(file):
        del file["layers/simple_rnn/vars/0"]
        file["layers/simple_rnn/vars/0"] = np.zeros((5, 4), "f4")

    edit_weights(saved, change)
    table = explain(saved_layers.of_file(saved))
    assert [entry.mark for entry in table.layers] == ["FAIL", "ok"]


def test_38_a_file_of_keras_2_in_the_new_format_says_how_to_save_it(saved):
    metadata = json.dumps({"keras_version": "2.15.0"})
    rewrite(saved, lambda members: {**members, "metadata.json": metadata}.items())
    refused(saved, "save it as .h5 or with Keras 3 (see docs/questions.md#old-code")


def test_weights_without_a_model_are_explained(tmp_path):
    path = tmp_path / "model.weights.h5"
    models.build("stack").save_weights(path)
    refused(path, "save the whole model")


@needs_posix
def test_40_a_folder_a_fifo_and_a_missing_file_are_refused(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    refused(tmp_path, "no regular file")
    refused(tmp_path / "fifo", "no regular file")
    refused(tmp_path / "none.keras", "does not exist")


def test_a_large_member_is_refused_before_it_is_unpacked(saved, monkeypatch):
    monkeypatch.setattr(bounds, "MAX_ARRAYS", 1_000)
    refused(saved, "unpacks to")
    monkeypatch.setattr(bounds, "MAX_TEXT_FILE", 100)
    refused(saved, "config.json is larger")


def test_a_list_of_endless_members_is_refused_before_it_is_read(saved):
    with zipfile.ZipFile(saved, "a") as archive:
        for i in range(80_000):
            archive.writestr(f"{i:060}", b"")
    refused(saved, "its list of members has")


@needs_posix
def test_a_file_that_keeps_the_hdf5_library_busy_or_kills_it_is_refused(
    saved, monkeypatch, tmp_path
):
    program = tmp_path / "program.py"
    monkeypatch.setattr("chapter9.model_files.hdf5_file.PROGRAM", program)
    program.write_text("while True: pass")
    monkeypatch.setattr(bounds, "MAX_HDF5_WALL_SECONDS", 0.5)
    refused(saved, "too long")
    program.write_text("import os; os.abort()")
    monkeypatch.setattr(bounds, "MAX_HDF5_WALL_SECONDS", 60)
    refused(saved, "break the HDF5 library")


@pytest.mark.long
def test_command_explains_a_model_in_korean_and_as_json(saved):
    code, out, err = run_command("verify.py", "--model", saved, "--lang", "ko")
    assert (code, err) == (0, "")
    assert "순환 가중치" in out
    assert "합계" in out
    assert max(map(cell_len, out.splitlines())) <= 80
    code, out, _ = run_command("verify.py", "--model", saved, "--json")
    explained = json.loads(out)
    assert (code, explained["total"], explained["holds"]) == (0, 45 + 16, True)
    assert (explained["trainable"], explained["non_trainable"]) == (45 + 16, 0)


@pytest.mark.long
def test_command_says_in_one_line_that_a_file_is_damaged(saved):
    saved.write_bytes(saved.read_bytes()[:500])
    code, out, err = run_command("verify.py", "--model", saved)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: {saved} is damaged")
    assert err.count("\n") == 1


def test_a_call_names_its_layers_whether_keras_3_wrote_it_or_keras_2():
    def tensor(layer):
        config = {"shape": [None, 3], "keras_history": [layer, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": config}

    keras_3 = [{"args": [[tensor("a"), tensor("b")]], "kwargs": {"x": tensor("c")}}]
    keras_2 = [[["a", 0, 0, {}], ["b", 0, 0, {}], ["c", 0, 0, {}]]]
    assert producers(keras_3) == producers(keras_2) == ["a", "b", "c"]
