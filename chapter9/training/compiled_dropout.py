"""Dropout in a program that XLA compiles for TensorFlow: as fast, and as in `fit`.

A mask's random numbers are Philox's (Salmon et al. 2011), counted on from a key that
follows from the seed. XLA would compute the key for every number anew: for a mask of 64
samples and 16 features that takes twenty times as long as the numbers.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

FRACTION = 0x7FFFFF  # the 23 bits behind the point of a float32
ONE = 0x3F800000  # 1.0 as float32: with a fraction, a number in [1, 2)

_compiled = ContextVar("compiled", default=False)
_as_in_fit = ContextVar("as_in_fit", default=False)


@contextlib.contextmanager
def drop_as_in_fit() -> Iterator[None]:
    """Has programs that are compiled in this context drop what `model.fit` drops.

    It matters on TensorFlow, for layers that `fit` does not compile, such as Keras's
    LSTM and GRU. From the same seed the same 32 random bits are drawn with XLA and
    without, but TensorFlow makes a number of the low 23 bits, XLA of the high ones.
    """
    token = _as_in_fit.set(True)
    try:
        yield
    finally:
        _as_in_fit.reset(token)


@contextlib.contextmanager
def compute_keys_once() -> Iterator[None]:
    """Has what is traced in this context compute the key of a mask once.

    For programs that XLA compiles, and TensorFlow. The numbers stay the same.
    """
    import tensorflow as tf

    functions = tf.nn.experimental  # keras.random.dropout looks it up there
    theirs = functions.stateless_dropout

    def dropout(x, rate, seed, rng_alg="auto_select", noise_shape=None):
        known = rng_alg == "auto_select" and x.dtype == tf.float32
        if not (_compiled.get() and known):  # another thread's, perhaps
            return theirs(x, rate, seed, rng_alg, noise_shape)
        number = _numbers(tf.shape(x) if noise_shape is None else noise_shape, seed)
        return tf.where(number >= rate, x * (1 / (1 - rate)), tf.zeros_like(x))

    token, functions.stateless_dropout = _compiled.set(True), dropout
    try:
        yield
    finally:
        _compiled.reset(token)
        functions.stateless_dropout = theirs


def _numbers(shape, seed):
    """`tf.random.stateless_uniform`: numbers in [0, 1)."""
    import tensorflow as tf
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops  # no public name has it

    random = tf.raw_ops
    key, counter = gen_xla_ops.xla_optimization_barrier(
        list(random.StatelessRandomGetKeyCounter(seed=seed))
    )
    drawn = {"shape": shape, "key": key, "counter": counter}
    drawn["alg"] = random.StatelessRandomGetAlg()
    if not _as_in_fit.get():
        return random.StatelessRandomUniformV2(dtype=tf.float32, **drawn)
    bits = random.StatelessRandomUniformFullIntV2(dtype=tf.uint32, **drawn)
    return tf.bitcast((bits & FRACTION) | ONE, tf.float32) - 1.0
