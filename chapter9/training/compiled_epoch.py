"""An epoch as one compiled program: most of a small model's time is the trainer's.

`model.fit` goes back to Python for every batch. Here an epoch is an order of the
samples, and a program (`epoch_program.py`) runs its batches. About once a second the
program returns, for progress and for Ctrl-C (`one_epoch.py`).
"""

import functools
import os
from collections.abc import Callable

import keras
import numpy as np

from before_keras.language import _
from chapter9.data.padded import PaddedReviews
from chapter9.training import batches, one_epoch, samples
from chapter9.training.checks import check_batch_size, check_built, check_model
from chapter9.training.epoch_program import XLA_OPTIONS, Logs, build

EVALUATION_BATCH = 1_000  # samples at most


def train_epochs(
    model: keras.Model,
    x: np.ndarray | PaddedReviews,
    y: np.ndarray,
    *,
    epochs: int,
    batch_size: int = 32,
    seed: int = 0,
    order: Callable[[int], np.ndarray] | None = None,
    validation_data: tuple | None = None,
    validation_split: float = 0.0,
    validation_batch_size: int | None = None,
    sample_weight: np.ndarray | None = None,
    class_weight: dict[int, float] | None = None,
    callbacks: list[keras.callbacks.Callback] | None = None,
    initial_epoch: int = 0,
    verbose: int | str = 1,
) -> keras.callbacks.History:
    """Trains a compiled model, each epoch in one program.

    Weights, optimizer, metrics, logs and callbacks end up as after
    `model.fit(shuffle=False)` on the samples in the same order, to rounding. What
    differs from `model.fit`:

    - The order of the samples follows from (seed, epoch), see `epoch_order`, unless
      `order` is given; `fit_order` has that of `model.fit`.
    - Callbacks hear of a batch about once a second, with the logs of the last one, as
      with `steps_per_execution`. `model.stop_training` and `model.stop_evaluating`
      count from then on, too.
    - Validation takes larger batches, unless `validation_batch_size` is given. The
      results are the same for losses and metrics that are means over the samples.
    - TensorFlow and JAX always compile with XLA: `jit_compile` and
      `steps_per_execution` do not count, and a token id beyond an Embedding, of which
      TensorFlow complains on a CPU, is cut off. Torch goes batch by batch, uncompiled.
    - One array of numbers for x and one for y, which are put on the device as a whole;
      what is in a file (an `np.memmap`, `PaddedReviews`) is read block by block.
      Stateful layers, `run_eagerly`, layers that XLA cannot compile, datasets and
      generators need `model.fit`.

    The compiled programs are kept with the model, until it is compiled anew. Under a
    `keras.distribution.DataParallel` on JAX every device takes its share of every
    batch, see `processes.py`.

    Args:
        model: a compiled Keras model with one input and one output.
        x: the inputs, samples in the first axis.
        y: the targets, likewise.
        epochs: as in `model.fit`.
        batch_size: as in `model.fit`.
        seed: the order of the samples follows from it and the epoch's number.
        order: returns the samples' numbers in the order in which an epoch takes them,
            from the epoch's number, which counts from 0.
        validation_data: (x, y) or (x, y, sample_weight); as in `model.fit`.
        validation_split: the last fraction is for validation; as in `model.fit`.
        validation_batch_size: samples; by default as many as memory allows, 1,000 at
            most.
        sample_weight: as in `model.fit`.
        class_weight: as in `model.fit`.
        callbacks: Keras callbacks.
        initial_epoch: as in `model.fit`.
        verbose: as in `model.fit`.

    Returns:
        Keras's History callback, as `model.fit` does.

    Raises:
        ValueError: if the samples do not fit together, or if only `model.fit` can
            train this model or take these samples.
    """
    check_model(model)
    check_batch_size("batch_size", batch_size)
    training, validation = samples.prepare(
        x, y, sample_weight, class_weight, validation_data, validation_split
    )
    build(model, samples.first(training, batch_size))
    check_built(model, samples.first(training, 1)[0])

    callback_list = keras.callbacks.CallbackList(
        callbacks,
        add_history=True,
        add_progbar=verbose != 0,
        verbose=verbose,
        epochs=epochs,
        steps=-(-len(training[0]) // batch_size),
        model=model,
    )
    pace = one_epoch.Pace()
    if validation is not None:
        evaluate = _evaluation(model, validation, validation_batch_size, callback_list)
    model.stop_training = False
    callback_list.on_train_begin()
    # BackupAndRestore leaves word there of where to go on.
    initial_epoch = getattr(model, "_initial_epoch", None) or initial_epoch
    logs: Logs = {}
    for epoch in range(initial_epoch, epochs):
        model.reset_metrics()
        callback_list.on_epoch_begin(epoch)
        rows = order(epoch) if order else epoch_order(len(training[0]), seed, epoch)
        logs = one_epoch.train(model, training, rows, batch_size, pace, callback_list)
        if validation is not None:
            logs |= {f"val_{name}": value for name, value in evaluate().items()}
        callback_list.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    if model.optimizer and epochs > 0:
        # With use_ema the weights become their averages.
        model.optimizer.finalize_variable_values(model.trainable_weights)
    callback_list.on_train_end(logs)
    return model.history


def describe() -> str:
    """Says in one line how an epoch runs on this backend."""
    backend = keras.backend.backend()
    if backend == "torch":
        return _("torch: an epoch goes batch by batch, as in model.fit")
    return _("{backend}: an epoch is one program, compiled by XLA").format(
        backend=backend
    )


def make_deterministic() -> None:
    """Has the backend repeat a run bit by bit, on the same machine and seed.

    Call it before the first epoch. On a GPU (H100; jax, torch) the models of the
    chapter end with other weights each time without it, because the gradients of the
    rows of one token are added up in any order. On a CPU they repeat themselves as they
    are; there it forbids TensorFlow and torch what could add in any order.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import torch

        # What torch asks for on a GPU, and reads at the first product there.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    elif backend == "jax":
        import jax

        if jax.default_backend() == "gpu":
            XLA_OPTIONS["xla_gpu_deterministic_ops"] = True


def epoch_order(count: int, seed: int, epoch: int) -> np.ndarray:
    """Returns the order of the samples in an epoch, a function of (seed, epoch) alone.

    `fit` with `keras.utils.set_random_seed` repeats one order in every epoch.
    """
    return np.random.default_rng([seed, epoch]).permutation(count).astype(np.int32)


def _evaluation(model, validation, batch_size, callbacks) -> Callable[[], Logs]:
    """Returns the function that evaluates the model as it is then."""
    if batch_size is None:
        batch_size = batches.batch_size(model, validation[0], EVALUATION_BATCH)
    check_batch_size("validation_batch_size", batch_size)
    return functools.partial(
        one_epoch.evaluate, model, validation, batch_size, one_epoch.Pace(), callbacks
    )
