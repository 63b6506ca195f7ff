"""Who trains: each contender prepares a work and returns a function that runs steps.

run(steps) -> the mean loss of these steps, taken from the start of the data, so that
contenders that claim the same work can be held to the same numbers.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from before_keras.book import EMBEDDING_SIZE, LEARNING_RATE, WORDS
from benchmarks.work import Work
from chapter9.data.padded import PaddedReviews
from chapter9.data.reviews import Reviews

Run = Callable[[int], float]


def keras_model(work: Work, layer: str):
    """Returns a work's model, compiled as section 9-2 does, from the common weights."""
    import keras

    from chapter9.training import train as training
    from models.recurrent_layers import recurrent

    keras.utils.set_random_seed(1)
    cell, options = recurrent(work.cell, layer), {}
    first = [keras.Input((work.timesteps,), dtype="int32")]
    if work.model == "features":
        first = [keras.Input((work.timesteps, work.features))]
    elif work.model == "embedding":
        first += [keras.layers.Embedding(WORDS, work.features)]
    elif layer == "custom":
        options = {"num_tokens": WORDS}
    else:
        first += [keras.layers.CategoryEncoding(WORDS, output_mode="one_hot")]
    output = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([*first, cell(work.units, **options), output])
    model.set_weights(work.weights())
    training.compile_model(model)
    return model


def compiled_epoch(work: Work, layer: str = "custom") -> Run:
    """This project as train.py runs it: an epoch is one compiled program."""
    return _compiled(work, keras_model(work, layer))


def deterministic(work: Work) -> Run:
    """The same after train.py --deterministic."""
    from chapter9.training.compiled_epoch import make_deterministic

    make_deterministic()
    return compiled_epoch(work)


def mapped(work: Work) -> Run:
    """The same from a file, as train.py trains on more reviews than memory has."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokens.npy"
        x, y = work.data()
        np.save(path, x.ravel())
        tokens = np.load(path, mmap_mode="r")  # it stays mapped without its name
    offsets = np.arange(work.samples + 1) * work.timesteps
    rows = np.arange(work.samples)
    x = PaddedReviews(Reviews(tokens, offsets, y[:, 0]), rows, work.timesteps, WORDS)
    return _compiled(work, keras_model(work, "custom"), (x, y))


def floor(work: Work) -> Run:
    """The same trainer, with the recurrence replaced by mean pooling."""
    import keras

    from chapter9.training import train as training

    model = keras.Sequential(
        [
            keras.Input((work.timesteps,), dtype="int32"),
            keras.layers.Embedding(WORDS, EMBEDDING_SIZE),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    training.compile_model(model)
    return _compiled(work, model)


def _compiled(work: Work, model, data=None) -> Run:
    from chapter9.training import samples
    from chapter9.training.epoch_program import build, epoch_program
    from chapter9.training.one_epoch import Pace, chunks

    training = samples.tensors(*(data or work.data()))
    build(model, samples.first(training, work.batch_size))
    program = epoch_program(model, training=True)
    pace = Pace()

    def run(steps):
        order = np.arange(steps * work.batch_size, dtype=np.int32)
        model.reset_metrics()
        for *_, chunk in chunks(program, training, order, work.batch_size, pace):
            logs = chunk()
        return float(logs["loss"])

    return run


def fit(work: Work, layer: str = "builtin", tuned: bool = False) -> Run:
    """`model.fit`, with compile's defaults or tuned as far as it goes."""
    model = keras_model(work, layer)
    if tuned:
        model.compile(
            optimizer=model.optimizer,
            loss="binary_crossentropy",
            metrics=["accuracy"],
            jit_compile=True,
            steps_per_execution=min(work.steps, 52),
        )
    x, y = work.data()

    def run(steps):
        samples = slice(steps * work.batch_size)
        options = {"batch_size": work.batch_size, "shuffle": False, "verbose": 0}
        return model.fit(x[samples], y[samples], **options).history["loss"][0]

    return run


def torch_loop(work: Work, threads: int | None = None, device: str = "cpu") -> Run:
    """torch.nn.RNN, LSTM or GRU in a plain loop, all data in memory as tensors.

    Its threads cost a small model more than they bring: there it is given one.
    """
    import torch
    from torch import nn

    # As TensorFlow and JAX do: gradients far back fade to subnormal numbers, with which
    # some processors multiply ten times slower.
    torch.set_flush_denormal(True)
    if threads:
        torch.set_num_threads(threads)
    embedding, *weights = [None] * (work.model != "embedding") + work.weights()
    *recurrent, dense, dense_bias = weights
    rnn = _torch_cell(work, *recurrent)
    output = nn.Linear(work.units, 1)
    with torch.no_grad():  # torch has W transposed
        output.weight.copy_(torch.tensor(dense).T)
        output.bias.copy_(torch.tensor(dense_bias))
    modules = nn.ModuleList([rnn, output])
    look_up = {"features": nn.Identity(), "one-hot": _one_hot}.get(work.model)
    if embedding is not None:
        look_up = nn.Embedding.from_pretrained(torch.tensor(embedding), freeze=False)
        modules.append(look_up)
    modules.to(device)
    trained = [p for p in modules.parameters() if p.requires_grad]
    optimizer = torch.optim.RMSprop(trained, LEARNING_RATE, alpha=0.9, eps=1e-7)
    loss_function = nn.BCEWithLogitsLoss()
    x, y = (torch.tensor(array, device=device) for array in work.data())

    def run(steps):
        losses = torch.zeros((), device=device)
        for batch in range(steps):
            rows = slice(batch * work.batch_size, (batch + 1) * work.batch_size)
            optimizer.zero_grad()
            logits = output(rnn(look_up(x[rows]))[0][:, -1])
            loss = loss_function(logits, y[rows])
            loss.backward()
            optimizer.step()
            losses += loss.detach()  # a number would make the GPU wait for Python
        return losses.item() / steps

    return run


def _one_hot(token_ids):
    from torch.nn import functional

    return functional.one_hot(token_ids.long(), WORDS).float()


def _torch_cell(work: Work, w_x, w_h, b):
    """The cell from Keras's weights: transposed, two biases, GRU's r before its z."""
    import torch
    from torch import nn

    kind = {"SimpleRNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}[work.cell]
    rnn = kind(len(w_x), work.units, batch_first=True)
    biases = b if work.cell == "GRU" else np.stack([b, np.zeros_like(b)])
    if work.cell == "GRU":

        def reordered(columns):
            z, r, g = np.split(columns, 3, axis=-1)
            return np.concatenate([r, z, g], axis=-1)

        w_x, w_h, biases = map(reordered, (w_x, w_h, biases))
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(torch.tensor(w_x.T))
        rnn.weight_hh_l0.copy_(torch.tensor(w_h.T))
        rnn.bias_ih_l0.copy_(torch.tensor(biases[0]))
        rnn.bias_hh_l0.copy_(torch.tensor(biases[1]))
    rnn.bias_hh_l0.requires_grad_(work.cell == "GRU")
    return rnn
