"""Who is compared with whom, and what is to be reached."""

import functools
from dataclasses import dataclass, replace

from benchmarks.contender import ONE_THREAD, Contender
from benchmarks.work import Work
from commands.keras_import import one_thread_suffices

TRAINING_EPOCHS = 20  # of a whole job; with early stopping the book has 23 to 35
EMBEDDING, ONE_HOT = Work("embedding"), Work("one-hot")
LSTM, GRU = Work(cell="LSTM"), Work(cell="GRU")
MANY = replace(EMBEDDING, steps=3_125)  # blocks enough to read one beside another
LARGE = Work("features", units=256, features=128, steps=40)
LARGE_LSTM = replace(LARGE, cell="LSTM", steps=10)
TIMESTEPS, BATCH_SIZES = (50, 100, 200, 400, 800), (16, 64, 256, 1024)


@dataclass(frozen=True)
class Row:
    """One line of the table: ours against a peer.

    Attributes:
        work: what is done, in words.
        ours, peer: the contenders.
        target: at least so many times faster (or smaller), or None if there is none.
        measure: "time", or "memory" where the contender's result counts.
        repeats: at most so many rounds, where one takes minutes.
        rival: whether the peer does the same work another way; else it is a bound, less
            work or this project itself.
    """

    work: str
    ours: Contender
    peer: Contender
    target: float | None = None
    measure: str = "time"
    repeats: int = 99
    rival: bool = True


def training(function: str, backend: str, work: Work, name: str, **options):
    """Returns a contender for training steps."""
    return Contender(
        f"{name}, {backend}", backend, f"contenders.{function}", work, options
    )


def as_train_py(function: str, backend: str, work: Work, name: str, **options):
    """Returns a contender in a process with as many threads as train.py gives it."""
    contender = training(function, backend, work, name, **options)
    if one_thread_suffices(work.units, work.batch_size):
        return replace(contender, process=f"{backend}-{ONE_THREAD}")
    return contender


ours = functools.partial(as_train_py, "compiled_epoch", name="this project")
fit = functools.partial(training, "fit", name="built-in, fit")
tuned = functools.partial(training, "fit", name="built-in, fit tuned", tuned=True)
tuned_1_thread = functools.partial(
    as_train_py, "fit", name="built-in, fit tuned, 1 thread", tuned=True
)
compiled_builtin = functools.partial(
    as_train_py, "compiled_epoch", name="built-in, compiled epoch", layer="builtin"
)
mapped = functools.partial(as_train_py, "mapped", name="this project, from a file")
floor = functools.partial(as_train_py, "floor", name="floor: mean pooling")


def torch_loop(work: Work, threads: int | None = 1) -> Contender:
    """Returns torch's contender, in a process without Keras."""
    module = {"SimpleRNN": "RNN"}.get(work.cell, work.cell)
    name = f"torch.nn.{module}, plain loop" + ", 1 thread" * (threads == 1)
    options = {"threads": threads}
    process = f"plain-{threads}"
    return Contender(name, process, "contenders.torch_loop", work, options)


C_LOOP = Contender("limit: a C loop on one core", "plain", "c_loop.c_loop", EMBEDDING)
PLAIN_JAX = Contender(
    "limit: plain JAX, one jit", "plain-jax", "plain_jax.plain_jax", EMBEDDING
)
DETERMINISTIC = Contender(
    "this project --deterministic, tensorflow",
    f"tensorflow-{ONE_THREAD}-deterministic",
    "contenders.deterministic",
    EMBEDDING,
)


def other(name: str, process: str, function: str, **options) -> Contender:
    """Returns a contender for other work than training steps."""
    return Contender(name, process, f"other_work.{function}", options=options)


def rows(epochs: int = TRAINING_EPOCHS) -> dict[str, list[Row]]:
    """Returns the rows of the table, by the names that --only takes.

    Args:
        epochs: of a whole job.
    """
    tf, jax = "tensorflow", "jax"
    train = functools.partial(other, "python train.py", "plain-jobs", "train_command")
    step = "training step, embedding model"
    return {
        "embedding": [
            Row(step, ours(tf, EMBEDDING), fit(tf, EMBEDDING), 10),
            Row(step, ours(tf, EMBEDDING), tuned(tf, EMBEDDING), 3),
            Row(step, ours(tf, EMBEDDING), tuned_1_thread(tf, EMBEDDING), 3),
            Row(step, ours(tf, EMBEDDING), torch_loop(EMBEDDING), 6),
            Row(step, ours(jax, EMBEDDING), fit(jax, EMBEDDING), 2),
            Row(step, ours(jax, EMBEDDING), tuned(jax, EMBEDDING)),
            Row(step, ours(jax, EMBEDDING), tuned_1_thread(jax, EMBEDDING)),
        ],
        "bounds": [
            Row(step, ours(backend, EMBEDDING), bound, rival=False)
            for backend, bound in (
                (tf, floor(tf, EMBEDDING)),
                (jax, floor(jax, EMBEDDING)),
                (tf, C_LOOP),
                (jax, C_LOOP),
                (tf, PLAIN_JAX),
                (jax, PLAIN_JAX),
                (tf, DETERMINISTIC),
            )
        ],
        "mapped": [
            Row(
                "training step, embedding model, 200,000 reviews in a file",
                mapped(backend, MANY),
                ours(backend, MANY),
                0.9,
                rival=False,
            )
            for backend in (tf, jax)
        ],
        "one-hot": [
            Row(
                "training step, one-hot model", ours(tf, ONE_HOT), fit(tf, ONE_HOT), 25
            ),
        ],
        **{
            work.cell.lower(): [
                Row(f"training step, {work.cell} of section 9-3", one, peer, target)
                for one, peer, target in (
                    (ours(tf, work), fit(tf, work), 7),
                    (ours(tf, work), compiled_builtin(tf, work), 1),
                    (ours(jax, work), compiled_builtin(jax, work), 1),
                    (ours(tf, work), torch_loop(work), None),
                )
            ]
            for work in (LSTM, GRU)
        },
        "large-lstm": [
            Row(
                "training step, LSTM with 128 features, 256 units",
                ours(tf, LARGE_LSTM),
                peer,
                1,
            )
            for peer in (
                *(fit(backend, LARGE_LSTM) for backend in (tf, jax)),
                *(compiled_builtin(backend, LARGE_LSTM) for backend in (tf, jax)),
                torch_loop(LARGE_LSTM, 1),
                torch_loop(LARGE_LSTM, None),
            )
        ],
        "large": [
            Row("training step, 128 features, 256 units", ours(tf, LARGE), peer, 1)
            for peer in (
                *(fit(backend, LARGE) for backend in (tf, jax)),
                *(tuned(backend, LARGE) for backend in (tf, jax)),
                torch_loop(LARGE, 1),
                torch_loop(LARGE, None),
            )
        ],
        "job": [
            Row(
                f"command to saved best model, embedding, {epochs} epochs",
                train(model="embedding", epochs=epochs),
                other("plain Keras script", "plain-jobs", "book_script", epochs=epochs),
                5,
                repeats=3,
            ),
        ],
        "memory": [
            Row(
                "peak memory, one-hot model, 20,000 + 5,000 reviews",
                train(model="one-hot", epochs=3, memory=True),
                other("the book's one-hot arrays", tf, "book_memory"),
                20 / 1.2,
                measure="memory",
                repeats=1,
            ),
        ],
        "load": [
            Row(
                "IMDB load, crop and pad, warm",
                other("this project", tf, "load_imdb"),
                other("load_data + pad_sequences", tf, "load_imdb_keras"),
                10,
            ),
        ],
        "review": [
            Row(
                f"one review through a loaded model, {backend}",
                other(f"predict, {backend}", backend, "one_review", way="predict"),
                other(
                    f"model.predict, {backend}",
                    backend,
                    "one_review",
                    way="model.predict",
                ),
                10 if backend == tf else None,
            )
            for backend in (tf, jax)
        ],
    }


def curves() -> dict[str, dict[int, list[Contender]]]:
    """Returns what the chart shows: the cost in timesteps and in batch size."""

    def contenders(**sizes):
        work = Work(steps=20, **sizes)
        return [ours("tensorflow", work), ours("jax", work), torch_loop(work)]

    return {
        "timesteps": {t: contenders(timesteps=t) for t in TIMESTEPS},
        "batch_size": {b: contenders(batch_size=b) for b in BATCH_SIZES},
    }
