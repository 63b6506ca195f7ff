"""The limit that JAX sets: an epoch of the embedding model by hand, without Keras."""

import os

from before_keras.book import LEARNING_RATE
from benchmarks.contenders import Run
from benchmarks.work import Work

RHO, EPSILON = 0.9, 1e-7  # of RMSprop


def plain_jax(work: Work) -> Run:
    """Embedding, SimpleRNN and a sigmoid neuron with RMSprop; an epoch is one jit."""
    # One thread, as train.py gives it; JAX reads them when it is imported.
    os.environ["NPROC"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    import jax
    import jax.numpy as jnp

    x, y = map(jnp.asarray, work.data())
    weights = [jnp.asarray(weight) for weight in work.weights()]

    def loss(weights, tokens, labels):
        embedding, w_x, w_h, b, dense, dense_bias = weights
        projected = embedding[tokens.T] @ w_x + b
        start = jnp.zeros((len(labels), work.units))
        h, _ = jax.lax.scan(
            lambda h, p: (jnp.tanh(p + h @ w_h), None), start, projected
        )
        logits = h @ dense + dense_bias
        return jnp.mean(jnp.logaddexp(0, logits) - labels * logits)

    @jax.jit
    def epoch(weights, squares, x, y, steps):
        def step(i, state):
            weights, squares, total = state
            rows = i * work.batch_size
            tokens = jax.lax.dynamic_slice_in_dim(x, rows, work.batch_size)
            labels = jax.lax.dynamic_slice_in_dim(y, rows, work.batch_size)
            value, gradients = jax.value_and_grad(loss)(weights, tokens, labels)
            pairs = zip(squares, gradients, strict=True)
            squares = [RHO * s + (1 - RHO) * g * g for s, g in pairs]
            weights = [
                w - LEARNING_RATE * g / jnp.sqrt(s + EPSILON)
                for w, g, s in zip(weights, gradients, squares, strict=True)
            ]
            return weights, squares, total + value

        return jax.lax.fori_loop(0, steps, step, (weights, squares, 0.0))

    state = [weights, [jnp.zeros_like(weight) for weight in weights]]

    def run(steps):
        state[0], state[1], total = epoch(*state, x, y, steps)
        return float(total) / steps

    return run
