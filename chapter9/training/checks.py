"""What compiled epochs do not do, said in one line before they begin."""

import keras
import numpy as np


def check_model(model: keras.Model) -> None:
    """Checks that a model can be trained in compiled epochs.

    Raises:
        ValueError: if it is not compiled, or if only `model.fit` can train it.
    """
    if not model.compiled:
        raise ValueError("the model is not compiled: call model.compile first")
    for side in ("inputs", "outputs"):
        if len(getattr(model, side, [])) > 1:
            raise ValueError(f"the model has several {side}: use model.fit")
    if getattr(model, "_distribute_strategy", None):  # on TensorFlow
        raise ValueError("the model has a tf.distribute strategy: use model.fit")
    compiles = keras.backend.backend() != "torch"
    if model.run_eagerly and compiles:
        raise ValueError("run_eagerly is set, but epochs are compiled: use model.fit")
    for layer in model._flatten_layers():  # also those inside others: no public name
        name = f"layer {layer.name!r} ({type(layer).__name__})"
        if getattr(layer, "stateful", False):
            raise ValueError(
                f"{name} is stateful, but the samples change their order: use "
                "model.fit(shuffle=False)"
            )
        if not layer.supports_jit and compiles:
            raise ValueError(
                f"{name} cannot be compiled by XLA (supports_jit is False): use "
                "model.fit"
            )


def check_built(model: keras.Model, x) -> None:
    """Checks that a built model has what Keras's own `train_step` needs.

    Args:
        model: the model.
        x: some inputs.

    Raises:
        ValueError: if it has no optimizer, or no loss, which Keras takes for 0 on JAX.
    """
    kind = type(model)
    if kind.train_step is not keras.Model.train_step:
        return
    if model.optimizer is None:
        raise ValueError("the model has no optimizer: give model.compile one")
    if model.loss is None and kind.compute_loss is keras.Model.compute_loss:
        with keras.StatelessScope(collect_losses=True) as scope:
            model(x[:1])  # a layer may call add_loss
        if not scope.losses and not model.losses:
            raise ValueError("the model has no loss: give model.compile one")


def check_batch_size(name: str, size) -> None:
    """Checks a number of samples.

    Raises:
        ValueError: if it is not an integer of at least 1.
    """
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"{name} is {size!r}, but must be an integer of at least 1")
