"""The products x_t W_x and h_(t-1) W_h, and the gradients of the second one.

A dropout mask, (batch, units), multiplies h_(t-1) before W_h, the same at every
timestep (Gal and Ghahramani 2016). There is one mask for all of W_h, or one for each
gate's block of columns; `dropout_masks` is a tuple of them, empty without dropout.
Products are written with @ because `keras.ops.matmul` makes float64 float32 on torch
(Keras 3.15).
"""

import keras
from keras import ops


def from_input(x, kernel, dropout_masks=()):
    """X W for all timesteps: (timesteps, batch, features) -> (..., columns)."""
    timesteps, batch_size, _ = ops.shape(x)

    def product(x, block):
        if _samples_are_divided():
            return x @ block
        return ops.reshape(_rows(x) @ block, (timesteps, batch_size, block.shape[-1]))

    if not dropout_masks:
        return product(x, kernel)
    blocks = ops.split(kernel, len(dropout_masks), axis=-1)
    pairs = zip(dropout_masks, blocks, strict=True)
    return ops.concatenate([product(x * m, block) for m, block in pairs], axis=-1)


def from_state(h, kernel, dropout_masks=()):
    """H W: (batch, units) times (units, columns)."""
    if not dropout_masks:
        return h @ kernel
    blocks = ops.split(kernel, len(dropout_masks), axis=-1)
    products = [(h * m) @ block for m, block in zip(dropout_masks, blocks, strict=True)]
    return ops.concatenate(products, axis=-1)


def to_state(dz, transposed_kernel, dropout_masks=()):
    """Dh = dz W^T: (batch, columns) times (columns, units)."""
    if not dropout_masks:
        return dz @ transposed_kernel
    parts = ops.split(dz, len(dropout_masks), axis=-1)
    blocks = ops.split(transposed_kernel, len(dropout_masks), axis=0)
    triples = zip(dropout_masks, parts, blocks, strict=True)
    return sum(mask * (part @ block) for mask, part, block in triples)


def to_kernel(h, dz, dropout_masks=()):
    """DW = the sum of h^T dz over samples and timesteps, (units, columns)."""
    if not dropout_masks:
        return _summed(h, dz)
    parts = ops.split(dz, len(dropout_masks), axis=-1)
    pairs = zip(dropout_masks, parts, strict=True)
    products = [_summed(h * mask, part) for mask, part in pairs]
    return ops.concatenate(products, axis=-1)


def _summed(h, dz):
    if _samples_are_divided():
        return ops.tensordot(h, dz, axes=((0, 1), (0, 1)))
    return ops.transpose(_rows(h)) @ _rows(dz)


def _samples_are_divided():
    """Whether several devices have a share of every batch each.

    XLA then cannot make rows of all timesteps without gathering all samples on each
    device. With one device rows are quicker: a step takes 0.9 to 1 times as long.
    """
    on_jax = keras.backend.backend() == "jax"
    return on_jax and keras.distribution.distribution() is not None


def _rows(array):
    """(timesteps, batch, columns) as (timesteps times batch, columns)."""
    return ops.reshape(array, (-1, array.shape[-1]))
