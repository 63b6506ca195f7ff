"""What comes into the loop over timesteps: x_t W_x, of numbers or of token ids."""

from keras import ops

from chapter9.equations.products import from_input


def project(sequences, kernel, dropout_masks=()):
    """Returns x_t W_x for every timestep, (timesteps, batch, columns).

    Args:
        sequences: (batch, timesteps, features).
        kernel: W_x, (features, columns).
        dropout_masks: (batch, features), one for all columns or one for each block of
            them; empty without dropout.
    """
    sequences = ops.cast(sequences, kernel.dtype)
    return from_input(ops.transpose(sequences, (1, 0, 2)), kernel, dropout_masks)


def look_up(token_ids, kernel, dropout_masks=()):
    """Returns the same for token ids: one-hot row k times W_x is row k of W_x.

    Args:
        token_ids: (batch, timesteps); outside the kernel's rows they are rows of zeros,
            as in `keras.ops.one_hot`.
        kernel: W_x, (tokens, columns).
        dropout_masks: as in `project`.
    """
    token_ids = ops.cast(token_ids, "int32")
    in_range = (token_ids >= 0) & (token_ids < kernel.shape[0])
    token_ids = ops.where(in_range, token_ids, 0)
    # `* 1` makes the gradient dense: with IndexedSlices Keras squares each occurrence
    # of a token separately, and RMSprop would train differently.
    rows = ops.take(kernel * 1, ops.transpose(token_ids), axis=0)
    rows = rows * _column(in_range, kernel.dtype)
    if not dropout_masks:
        return rows
    blocks = ops.split(rows, len(dropout_masks), axis=-1)
    kept = [ops.take_along_axis(mask, token_ids, axis=1) for mask in dropout_masks]
    pairs = zip(blocks, kept, strict=True)
    dropped = [block * _column(factor, kernel.dtype) for block, factor in pairs]
    return ops.concatenate(dropped, axis=-1)


def _column(factors, dtype):
    """(batch, timesteps) as (timesteps, batch, 1)."""
    return ops.transpose(ops.cast(factors, dtype))[:, :, None]
