"""What a compiled epoch cannot train as `model.fit` does, said before it begins."""

import keras


def check_model(model: keras.Model) -> None:
    """Checks that a model can be trained in compiled epochs.

    Raises:
        ValueError: if it is not compiled, or if only `model.fit` can train it.
    """
    if not model.compiled:
        raise ValueError("the model is not compiled: call model.compile before")
    layers = model._flatten_layers()  # no public name has those inside other layers
    for layer in layers:
        if getattr(layer, "stateful", False):
            raise ValueError(
                f"{_named(layer)} is stateful, but an epoch takes the samples in any "
                "order: use model.fit(shuffle=False)"
            )
        if not layer.supports_jit and keras.backend.backend() != "torch":
            raise ValueError(
                f"{_named(layer)} cannot be compiled by XLA (its supports_jit is "
                "False): use model.fit"
            )
    if model.run_eagerly and keras.backend.backend() != "torch":
        raise ValueError("run_eagerly is set, and an epoch is compiled: use model.fit")


def check_loss(model: keras.Model, x) -> None:
    """Checks that a built model has a loss: on JAX Keras would train on zero.

    Raises:
        ValueError: if it has none.
    """
    own = ("train_step", "compute_loss")
    if model.loss is None and all(
        getattr(type(model), name) is getattr(keras.Model, name) for name in own
    ):
        model.compute_output_spec(keras.KerasTensor(x.shape, x.dtype))
        if not model.losses:
            raise ValueError("the model has no loss: give model.compile(loss=...) one")


def check_batch_size(name: str, size) -> None:
    """Checks a number of samples.

    Raises:
        ValueError: if it is not an integer of at least 1.
    """
    if int(size) != size or size < 1:
        raise ValueError(f"{name} is {size}, but must be an integer of at least 1")


def _named(layer) -> str:
    return f"layer {layer.name!r} ({type(layer).__name__})"
