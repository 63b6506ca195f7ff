"""The layers in other people's code: where they once were not yet a drop-in.

Each test does what somebody's code does with `keras.layers`; the built-in layer gives
the expected numbers.
"""

import keras
import numpy as np
import pytest
from keras import ops

import chapter9

BACKEND = keras.backend.backend()
CELLS = ("SimpleRNN", "LSTM", "GRU")
cells = pytest.mark.parametrize("cell", CELLS)


def only_on(*backends):
    return pytest.mark.skipif(BACKEND not in backends, reason=f"{backends} alone")


def normal(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype("float32")


def both(build):
    """A model with our layers and the same one with Keras's: build(layers) -> model."""
    ours, builtin = build(chapter9), build(keras.layers)
    ours.set_weights(builtin.get_weights())
    return ours, builtin


def close(ours, builtin, tolerance=1e-5):
    found, expected = map(ops.convert_to_numpy, (ours, builtin))
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


# Sequences of unknown and changing length.


@only_on("tensorflow")
@cells
@pytest.mark.parametrize("stacked", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_padded_batches_of_any_length_train_and_evaluate(cell, stacked, masked):
    import tensorflow as tf

    rng = np.random.default_rng(0)
    reviews = [rng.integers(1, 9, n) for n in (3, 5, 2, 7, 4, 6)]
    data = tf.data.Dataset.from_generator(
        lambda: ((review, [len(review) % 2]) for review in reviews),
        output_signature=(
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((1,), tf.float32),
        ),
    ).padded_batch(2)

    def build(layers):
        keras.utils.set_random_seed(1)
        rnn = getattr(layers, cell)
        model = keras.Sequential(
            [
                keras.Input((None,), dtype="int32"),
                keras.layers.Embedding(9, 4, mask_zero=masked),
                *([rnn(3, return_sequences=True)] if stacked else []),
                rnn(3),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile("rmsprop", "binary_crossentropy")
        return model

    ours, builtin = both(build)
    found = [model.fit(data, epochs=2, verbose=0) for model in (ours, builtin)]
    close(*(history.history["loss"] for history in found))
    close(*(model.evaluate(data, verbose=0) for model in (ours, builtin)))


@only_on("tensorflow")
@cells
def test_gradients_of_an_unknown_length_in_a_function(cell):
    import tensorflow as tf

    def gradients(layer):
        @tf.function(input_signature=[tf.TensorSpec((None, None, 3))])
        def function(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = tf.reduce_sum(layer(x) ** 2)
            return tape.gradient(value, [x, *layer.trainable_variables])

        return [np.asarray(g) for g in function(normal(2, 5, 3))]

    layers = [
        getattr(m, cell)(4, return_sequences=True) for m in (chapter9, keras.layers)
    ]
    for layer in layers:
        layer.build((None, None, 3))
    layers[0].set_weights(layers[1].get_weights())
    for ours, theirs in zip(*map(gradients, layers), strict=True):
        close(ours, theirs)


# Second-order and forward-mode gradients.


@only_on("torch")
@cells
def test_torch_gradients_of_gradients_are_right(cell):
    import torch

    layer = getattr(chapter9, cell)(3, dtype="float64", return_sequences=True)
    layer.build((2, 4, 2))
    x = ops.convert_to_tensor(normal(2, 4, 2).astype("float64")).requires_grad_()
    assert torch.autograd.gradcheck(layer, x)
    assert torch.autograd.gradgradcheck(layer, x)


@only_on("torch")
@cells
def test_torch_func_transforms(cell):
    import torch

    layer = getattr(chapter9, cell)(3)
    layer.build((2, 4, 2))
    x, tangent = ops.convert_to_tensor(normal(2, 4, 2)), ops.ones((2, 4, 2))

    def value(x):
        return torch.sum(layer(x) ** 2)

    leaf = x.clone().requires_grad_()
    value(leaf).backward()
    gradient = torch.func.grad(value)(x)
    close(gradient.detach(), leaf.grad)
    each = torch.func.vmap(lambda row: layer(row[None])[0])(x)
    close(each.detach(), layer(x).detach())
    with chapter9.automatic_differentiation():
        _, change = torch.func.jvp(value, (x,), (tangent,))
    close(change.detach(), torch.sum(gradient).detach())


@only_on("jax")
@cells
def test_jax_forward_mode_within_automatic_differentiation(cell):
    import jax

    layer = getattr(chapter9, cell)(3)
    layer.build((2, 4, 2))
    x = jax.numpy.asarray(normal(2, 4, 2))

    def value(x):
        return jax.numpy.sum(layer(x) ** 2)

    gradient = jax.grad(value)(x)
    with chapter9.automatic_differentiation():
        _, change = jax.jvp(value, (x,), (jax.numpy.ones_like(x),))
        close(jax.jacfwd(value)(x), gradient)
        _, linear = jax.linearize(value, x)
        hessian = jax.hessian(value)(x)
    close(change, gradient.sum())
    close(linear(jax.numpy.ones_like(x)), change)
    close(jax.jacrev(jax.grad(value))(x), hessian, 1e-4)
    close(jax.vmap(lambda row: layer(row[None])[0])(x), layer(x))
    with pytest.raises(TypeError, match="forward-mode"):  # refused, and not wrong
        jax.jvp(value, (x,), (x,))


@only_on("tensorflow")
@cells
@pytest.mark.parametrize("jit_compile", [False, True])
def test_tensorflow_gradients_of_gradients(cell, jit_compile):
    import tensorflow as tf

    def second(layer):
        @tf.function(jit_compile=jit_compile)
        def function(x):
            with tf.GradientTape() as outer:
                outer.watch(x)
                with tf.GradientTape() as inner:
                    inner.watch(x)
                    value = tf.reduce_sum(layer(x) ** 2)
                penalty = tf.reduce_sum(inner.gradient(value, x) ** 2)
            return outer.gradient(penalty, [x, layer.trainable_variables[1]])

        return [np.asarray(g) for g in function(tf.constant(normal(2, 4, 2)))]

    ours, builtin = (getattr(m, cell)(3) for m in (chapter9, keras.layers))
    for layer in (ours, builtin):
        layer.build((2, 4, 2))
    ours.set_weights(builtin.get_weights())
    try:
        expected = second(builtin)
    except Exception:  # Keras 3.15's own layers do not compile twice over
        with chapter9.automatic_differentiation():
            expected = second(ours)
    for found, wanted in zip(second(ours), expected, strict=True):
        close(found, wanted, 1e-4)


# Activations.


@cells
@pytest.mark.parametrize("activation", ["gelu", ops.tanh, ops.softplus])
def test_any_activation_gives_the_built_in_layers_numbers(cell, activation):
    from tests.gradients import gradients

    x, found = normal(2, 5, 3), []
    layers = [
        getattr(m, cell)(4, activation=activation) for m in (chapter9, keras.layers)
    ]
    for layer in layers:
        layer.build(x.shape)
    layers[0].set_weights(layers[1].get_weights())
    for layer in layers:
        found.append(gradients(lambda x, layer=layer: ops.sum(layer(x) ** 2), [x]))
    close(found[0][0], found[1][0])
    close(found[0][1][0], found[1][1][0])


@only_on("tensorflow", "jax")
@cells
def test_with_any_activation_the_loop_is_a_loop(cell):
    """What is compiled does not grow with the timesteps."""
    layer = getattr(chapter9, cell)(4, activation="gelu", return_sequences=True)
    layer.build((2, 5, 3))
    assert size_of_program(layer, 5) == size_of_program(layer, 50)


def size_of_program(layer, timesteps):
    if BACKEND == "jax":
        import jax

        def loss(x):
            return jax.numpy.sum(layer(x))

        program = jax.jit(jax.grad(loss)).lower(normal(2, timesteps, 3))
        return program.as_text().count("\n")  # an operation a line
    import tensorflow as tf

    @tf.function
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(layer(x))
        return tape.gradient(value, x)

    graph = gradient.get_concrete_function(tf.TensorSpec((2, timesteps, 3))).graph
    return len(graph.as_graph_def().node)


@only_on("tensorflow")
@cells
def test_gelu_compiles_for_every_number_of_timesteps(cell):
    import tensorflow as tf

    layer = getattr(chapter9, cell)(4, activation="gelu")
    layer.build((None, None, 3))

    @tf.function(jit_compile=True, reduce_retracing=True)
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(layer(x))
        return value, tape.gradient(value, x)

    for timesteps in (3, 5, 8):
        x = tf.constant(normal(2, timesteps, 3))
        value, found = gradient(x)
        close(value, np.sum(layer(x)))
        assert found.shape == x.shape


# What the input may be.


@cells
@pytest.mark.parametrize(
    ("policy", "token"), [("mixed_bfloat16", 257), ("mixed_float16", 4_097)]
)
def test_token_ids_keep_their_value_under_mixed_precision(cell, policy, token):
    def output(policy, dtype):
        keras.utils.set_random_seed(1)
        rnn = getattr(chapter9, cell)(3, num_tokens=5_000, dtype=policy)
        model = keras.Sequential([keras.Input((3,), dtype=dtype), rnn])
        return model.predict(np.full((1, 3), token, dtype), verbose=0)

    expected = output("float32", "int32")
    close(output(policy, "float32").astype("float32"), expected, 0.02)
    close(output(policy, "int32").astype("float32"), expected, 0.02)


@cells
@pytest.mark.parametrize("dtype", ["int32", "bool", "uint8"])
def test_features_may_be_integers_or_booleans(cell, dtype):
    x = (normal(2, 4, 3) > 0).astype(dtype)
    layer = getattr(chapter9, cell)(3)
    close(*map(ops.convert_to_numpy, (layer(x), layer(x.astype("float32")))))
    model = keras.Sequential([keras.Input((4, 3), dtype=dtype), layer])
    close(model.predict(x, verbose=0), ops.convert_to_numpy(layer(x)))


@cells
def test_activity_regularizer_counts_as_in_every_other_layer(cell):
    """The built-in recurrent layers ignore theirs (Keras 3.15); Dense does not."""
    layer = getattr(chapter9, cell)(3, activity_regularizer="l2")
    output = ops.convert_to_numpy(layer(normal(2, 4, 3)))
    [loss] = layer.losses
    # Keras divides an activity's penalty by the batch size.
    close(ops.convert_to_numpy(loss), 0.01 * np.sum(output**2) / 2)


@cells
@pytest.mark.parametrize("value", [None, 2.5, "7", True, 0, -1])
def test_units_and_num_tokens_are_positive_integers(cell, value):
    layer = getattr(chapter9, cell)
    with pytest.raises(ValueError, match=r"units.*positive integer"):
        layer(value)
    if value is not None:
        with pytest.raises(ValueError, match=r"num_tokens.*positive integer"):
            layer(3, num_tokens=value)


@cells
def test_too_many_or_few_initial_states_are_refused(cell):
    layer, state = getattr(chapter9, cell)(3), np.zeros((2, 3), "float32")
    wrong = 1 if cell == "LSTM" else 2
    with pytest.raises(ValueError, match=f"has {wrong} arrays, but {cell} takes"):
        layer(normal(2, 4, 3), initial_state=[state] * wrong)


@cells
def test_one_initial_state_serves_every_sample(cell):
    ours, builtin = (getattr(m, cell)(3) for m in (chapter9, keras.layers))
    x, state = normal(2, 4, 3), [normal(1, 3)] * (1 + (cell == "LSTM"))
    for layer in (ours, builtin):
        layer.build(x.shape)
    ours.set_weights(builtin.get_weights())
    repeated = [np.repeat(s, 2, axis=0) for s in state]
    expected = builtin(x, initial_state=repeated)
    found = ours(x, initial_state=[ops.convert_to_tensor(s) for s in state])
    close(*map(ops.convert_to_numpy, (found, expected)))


@cells
def test_a_stateful_layer_may_be_built_twice(cell):
    layer = getattr(chapter9, cell)(3, stateful=True)
    for _ in range(2):
        layer.build((2, 4, 3))
    assert len(layer.get_weights()) == 3


@cells
def test_the_cell_of_the_built_in_is_there_for_those_who_look_into_it(cell):
    ours, builtin = (getattr(m, cell)(3) for m in (chapter9, keras.layers))
    for layer in (ours, builtin):
        layer.build((2, 4, 3))
    assert ours.state_size == builtin.state_size
    for name in ("units", "dropout", "use_bias"):
        assert getattr(ours.cell, name) == getattr(builtin.cell, name)
    for name in ("kernel", "recurrent_kernel", "bias"):
        assert getattr(ours.cell, name) is getattr(ours, name)
        assert getattr(ours.cell, name).shape == getattr(builtin.cell, name).shape


@cells
@pytest.mark.parametrize("return_sequences", [False, True])
def test_mask_zero_masks_token_id_0_as_an_embedding_does(cell, return_sequences):
    rnn = getattr(chapter9, cell)
    ids = np.array([[0, 0, 1, 2], [3, 0, 1, 4], [0, 0, 0, 0]])
    options = {"return_sequences": return_sequences}
    by_id = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            rnn(3, num_tokens=5, mask_zero=True, **options),
            *([rnn(2)] if return_sequences else []),
        ]
    )
    embedding = keras.layers.Embedding(5, 5, mask_zero=True)
    by_row = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            embedding,
            rnn(3, **options),
            *([rnn(2)] if return_sequences else []),
        ]
    )
    by_row.set_weights([np.eye(5), *by_id.get_weights()])
    close(by_id.predict(ids, verbose=0), by_row.predict(ids, verbose=0))
    again = rnn.from_config(by_id.layers[0].get_config())
    assert again.mask_zero


def test_a_masking_layer_before_token_ids_is_refused_with_the_remedy():
    model = [keras.Input((4,)), keras.layers.Masking(), chapter9.GRU(3, num_tokens=5)]
    with pytest.raises(ValueError, match="use `mask_zero`"):
        keras.Sequential(model).predict(np.ones((2, 4)), verbose=0)
    with pytest.raises(ValueError, match="needs `num_tokens`"):
        chapter9.GRU(3, mask_zero=True)
