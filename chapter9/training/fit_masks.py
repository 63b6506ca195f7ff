"""The dropout masks of `model.fit` in a compiled epoch, that shall equal it.

From the same seed TensorFlow draws the same 32 random bits with XLA and without, but
makes another number of them: its operations take the low 23 bits, XLA the high ones.
"""

import contextlib
from collections.abc import Iterator

import keras

FRACTION = 0x7FFFFF  # the 23 bits behind the point of a float32
ONE = 0x3F800000  # 1.0 as float32: with a fraction, a number in [1, 2)


@contextlib.contextmanager
def fit_masks() -> Iterator[None]:
    """Has programs that are compiled in this context drop what `model.fit` drops.

    It matters on TensorFlow, for layers that `fit` does not compile, such as Keras's
    LSTM and GRU. Not for several threads at once: TensorFlow's function is replaced.
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    functions = tf.nn.experimental  # keras.random.dropout looks it up there
    theirs = functions.stateless_dropout
    functions.stateless_dropout = _stateless_dropout
    try:
        yield
    finally:
        functions.stateless_dropout = theirs


def _stateless_dropout(x, rate, seed, rng_alg="auto_select", noise_shape=None):
    """`tf.nn.experimental.stateless_dropout`, with the low bits."""
    import tensorflow as tf

    shape = tf.shape(x) if noise_shape is None else noise_shape
    bits = tf.random.stateless_uniform(shape, seed, None, None, tf.uint32, alg=rng_alg)
    number = tf.bitcast((bits & FRACTION) | ONE, tf.float32) - 1.0  # in [0, 1)
    return tf.where(number >= rate, x * (1 / (1 - rate)), tf.zeros_like(x))
