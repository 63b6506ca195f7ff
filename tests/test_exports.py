"""Exported models, run by what they are exported for, without Keras's layers."""

import keras
import numpy as np
import pytest
from keras import ops

import chapter9

BACKEND = keras.backend.backend()
CELLS = ("SimpleRNN", "LSTM", "GRU")
pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.parametrize("cell", CELLS),
]
IDS = np.array([[0, 0, 3, 1, 2], [4, 0, 1, 0, 3]], "int32")  # 0 is masked


def only_on(*backends):
    return pytest.mark.skipif(BACKEND not in backends, reason=f"{backends} alone")


def called(model, x):
    model(x)  # Keras exports no model to ONNX that was never called
    return model


def masked_model(cell, timesteps):
    rnn = getattr(chapter9, cell)
    model = keras.Sequential(
        [
            keras.Input((timesteps,), dtype="int32"),
            keras.layers.Embedding(5, 3, mask_zero=True),
            rnn(4, return_sequences=True),
            rnn(2),
        ]
    )
    return called(model, IDS)


def numbers_model(cell, timesteps, **options):
    model = keras.Sequential(
        [keras.Input((timesteps, 3)), getattr(chapter9, cell)(4, **options)]
    )
    return called(model, np.zeros((2, timesteps or 5, 3), "float32"))


def run_onnx(path, x):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def close(found, model, x):
    expected = ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(np.asarray(found), expected, atol=1e-5)


@only_on("tensorflow", "jax")
def test_a_saved_model_runs_with_masks(cell, tmp_path):
    """On tensorflow with any number of timesteps; jax exports a fixed one."""
    tf = pytest.importorskip("tensorflow")
    model = masked_model(cell, None if BACKEND == "tensorflow" else IDS.shape[1])
    model.export(tmp_path / "model", format="tf_saved_model", verbose=False)
    loaded = tf.saved_model.load(tmp_path / "model")  # keeps the variables alive
    served = loaded.serve
    close(served(tf.constant(IDS)), model, IDS)
    if BACKEND == "tensorflow":
        for timesteps in (1, 3):
            close(served(tf.constant(IDS[:, -timesteps:])), model, IDS[:, -timesteps:])


@only_on("tensorflow")
@pytest.mark.parametrize("return_sequences", [False, True])
def test_onnx_from_tensorflow_runs_with_any_number_of_timesteps(
    cell, return_sequences, tmp_path
):
    pytest.importorskip("tf2onnx")
    model = numbers_model(cell, None, return_sequences=return_sequences)
    model.export(tmp_path / "model.onnx", format="onnx", verbose=False)
    for timesteps in (1, 4, 6):
        x = np.random.default_rng(0).standard_normal((2, timesteps, 3), "float32")
        close(run_onnx(tmp_path / "model.onnx", x), model, x)


@only_on("torch")
@pytest.mark.parametrize("masked", [False, True])
def test_onnx_from_torch_runs_with_a_fixed_number_of_timesteps(cell, masked, tmp_path):
    pytest.importorskip("onnxscript")
    model = masked_model(cell, 5) if masked else numbers_model(cell, 5)
    x = (
        IDS
        if masked
        else np.random.default_rng(0).standard_normal((2, 5, 3), "float32")
    )
    model.export(tmp_path / "model.onnx", format="onnx", verbose=False)
    # The exporter fixes the batch at 1.
    close(run_onnx(tmp_path / "model.onnx", x[:1]), model, x[:1])


@only_on("torch")
def test_onnx_from_torch_with_unknown_timesteps_is_refused(cell, tmp_path):
    """It would be exported for one timestep, and be wrong for any other, silently."""
    pytest.importorskip("onnxscript")
    model = numbers_model(cell, None)
    with pytest.raises(Exception, match=r"give the timesteps to `Input"):
        model.export(tmp_path / "model.onnx", format="onnx", verbose=False)
