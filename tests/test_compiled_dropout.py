"""Dropout in a compiled epoch: the numbers that TensorFlow draws, and no others."""

import threading

import keras
import numpy as np
import pytest

from chapter9.training.compiled_dropout import compute_keys_once

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow and XLA alone"
)


def dropout(x, rate, seed, noise_shape=None):
    """What keras.random.dropout calls."""
    import tensorflow as tf

    return tf.nn.experimental.stateless_dropout(x, rate, seed, noise_shape=noise_shape)


def compiled(rate, noise_shape=None):
    """A new function each time: what is traced is kept with it."""
    import tensorflow as tf

    @tf.function(jit_compile=True)
    def drop(x, seed):
        return dropout(x, rate, seed, noise_shape)

    return drop


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
@pytest.mark.parametrize(
    "shape, noise_shape", [((64, 16), None), ((3, 5, 7), (3, 1, 7))]
)
@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_the_same_is_dropped_to_the_last_bit(rate, shape, noise_shape, dtype):
    x = keras.ops.convert_to_tensor(np.random.default_rng(0).random(shape), dtype)
    theirs, ours = compiled(rate, noise_shape), compiled(rate, noise_shape)
    for seed in (np.array([42, 1], "int32"), np.array([-7, 2**31 - 2], "int32")):
        wanted = theirs(x, seed)
        with compute_keys_once():
            found = ours(x, seed)
        assert 0 < np.count_nonzero(found) < found.numpy().size
        np.testing.assert_array_equal(found, wanted)


def test_the_key_is_computed_apart_from_the_numbers():
    """What the context is for: without it XLA may fuse both."""
    import tensorflow as tf

    arguments = tf.TensorSpec((64, 16)), tf.TensorSpec(2, tf.int32)
    with compute_keys_once():
        graph = compiled(0.2).get_concrete_function(*arguments).graph.as_graph_def()
    kinds = {node.op for node in graph.node}
    assert "XlaOptimizationBarrier" in kinds
    plain = compiled(0.2).get_concrete_function(*arguments).graph.as_graph_def()
    assert "XlaOptimizationBarrier" not in {node.op for node in plain.node}


def test_another_thread_and_what_follows_drop_as_ever():
    x, found = keras.ops.ones((4, 4)), []
    seed = np.array([42, 1], "int32")
    wanted = dropout(x, 0.5, seed)

    def drop():  # eagerly, where TensorFlow has no barrier
        found.append(dropout(x, 0.5, seed))

    with compute_keys_once():
        thread = threading.Thread(target=drop)
        thread.start()
        thread.join()
    drop()
    for each in found:
        np.testing.assert_array_equal(each, wanted)
    assert len(found) == 2
