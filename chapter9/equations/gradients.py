"""A function with its gradient written by hand, on each of Keras's backends."""

from collections.abc import Callable

import keras

from chapter9.equations.loop import Tensors


def differentiable(
    forward: Callable[[Tensors, tuple], tuple[Tensors, Tensors]],
    backward: Callable[[Tensors, tuple, Tensors, Tensors], Tensors],
    arrays: Tensors,
    constants: tuple,
) -> Tensors:
    """Returns forward's outputs; their gradient in the arrays is what backward gives.

    Args:
        forward: takes arrays and constants, returns outputs and what backward needs.
        backward: takes arrays, constants, what forward kept, and the loss's gradient in
            each output; returns that in each array.
        arrays: tensors, all differentiable.
        constants: tensors without a gradient, or None in their place.
    """
    on_backend = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    apply = on_backend[keras.backend.backend()]
    return apply(forward, backward, arrays, constants)


def _tensorflow(forward, backward, arrays, constants):
    import tensorflow as tf

    @tf.custom_gradient
    def function(*arrays):
        outputs, kept = forward(arrays, constants)
        return outputs, lambda *upstream: backward(arrays, constants, kept, upstream)

    return function(*arrays)


def _jax(forward, backward, arrays, constants):
    import jax

    @jax.custom_vjp
    def function(arrays, constants):
        return forward(arrays, constants)[0]

    def remembering(arrays, constants):
        outputs, kept = forward(arrays, constants)
        return outputs, (arrays, constants, kept)

    function.defvjp(
        remembering, lambda kept, upstream: (backward(*kept, upstream), None)
    )
    return function(arrays, constants)


def is_traced() -> bool:
    """Returns whether torch records the operations, to export or to compile them.

    Then a loop is as long as it is in this one call, whatever comes later.
    """
    if keras.backend.backend() != "torch":
        return False
    import torch

    return torch.jit.is_tracing() or torch.compiler.is_compiling()


def _torch(forward, backward, arrays, constants):
    import torch

    if is_traced():  # no exporter knows a function with its own gradient
        return forward(arrays, constants)[0]
    number, number_of_inputs = len(arrays), len(arrays) + len(constants)

    class Function(torch.autograd.Function):
        generate_vmap_rule = True  # for torch.func

        @staticmethod
        def forward(*inputs):
            outputs, kept = forward(inputs[:number], inputs[number:])
            # Detached, because a tensor among both would lose its gradient below.
            return *outputs, *(tensor.detach() for tensor in kept), len(outputs)

        @staticmethod
        def setup_context(context, inputs, output):
            *tensors, outputs = output
            context.outputs = outputs
            context.mark_non_differentiable(*tensors[outputs:])
            context.save_for_backward(*inputs, *tensors[outputs:])

        @staticmethod
        def backward(context, *upstream):
            saved, upstream = context.saved_tensors, upstream[: context.outputs]
            inputs, kept = saved[:number_of_inputs], saved[number_of_inputs:]
            arrays, constants = inputs[:number], inputs[number:]
            if torch.is_grad_enabled():
                # A gradient of this gradient is asked for: what was kept is a constant
                # to torch, so the loop runs again, and torch differentiates it.
                gradients = torch.func.vjp(
                    lambda *arrays: tuple(forward(arrays, constants)[0]), *arrays
                )[1](upstream)
            else:
                gradients = backward(arrays, constants, kept, upstream)
            return *gradients, *[None] * len(constants)

    *tensors, outputs = Function.apply(*arrays, *constants)
    return tensors[:outputs]
