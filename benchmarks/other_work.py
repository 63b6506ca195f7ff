"""Other work than training steps: loading IMDB, one review, and whole jobs."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np

from before_keras import places
from before_keras.book import SPLIT, TIMESTEPS, WORDS
from benchmarks.work import Work
from benchmarks.worker import ROOT

ONE_HOT_BYTES = 8 + 4 + 4
REVIEW = "the film was not bad at all but great and i would see it again " * 8


def imdb_path() -> Path:
    """Returns the imdb.npz that CHAPTER9_DATA names, or Keras's cached one.

    Raises:
        RuntimeError: if there is none.
    """
    # Without an import of chapter9, hence of Keras: a job's peak memory would otherwise
    # start from this process's, which Linux hands down.
    path = Path(places.named_data() or places.keras_folder() / places.REVIEWS)
    if not path.is_file():
        named = f"{places.DATA_VARIABLE} names an {places.REVIEWS}"
        raise RuntimeError(f"skipped: needs IMDB ({named})")
    return path


def load_imdb() -> Callable:
    """IMDB as this project loads it, its cache warm; returns the sum of all tokens."""
    from chapter9.data import imdb

    path = imdb_path()

    def run(times):
        for _ in range(times):
            training, _test = imdb.load(path)
            x = training.crop_and_pad(TIMESTEPS, WORDS)
        return int(x.sum())

    run(1)
    return run


def load_imdb_keras() -> Callable:
    """The same with load_data and pad_sequences.

    get_file is replaced by the path alone: that takes the time of its checksum away
    from Keras, and lets a copy of the data with other bytes serve.
    """
    import keras

    path = str(imdb_path())
    module = sys.modules[keras.datasets.imdb.load_data.__module__]

    def run(times):
        for _ in range(times):
            with mock.patch.object(module, "get_file", lambda *_, **__: path):
                (training, _), _ = keras.datasets.imdb.load_data(num_words=WORDS)
            x = keras.utils.pad_sequences(training, maxlen=TIMESTEPS)
        return int(x.sum())

    return run


def one_review(way: str) -> Callable:
    """A review in words through a model in this process: `predict`, or model.predict.

    model.predict gets the review's tokens ready-made, which is in its favour.
    """
    import models
    from chapter9.data.text import Vocabulary
    from chapter9.inference.prediction import predict

    model = models.build("embedding", words=WORDS)
    model.set_weights(Work().weights())
    vocabulary = Vocabulary(sorted(set(REVIEW.split())))
    tokens = vocabulary.encode(REVIEW, WORDS)[-TIMESTEPS:]
    x = np.array([[0] * (TIMESTEPS - len(tokens)) + tokens], np.int32)

    def run(times):
        for _ in range(times):
            if way == "model.predict":
                probability = model.predict(x, verbose=0)[0, 0]
            else:
                answers = predict(model, vocabulary, [REVIEW], TIMESTEPS, WORDS)
                probability = answers[0].probability
        return float(probability)

    run(1)
    return run


def train_command(epochs: int, model: str, memory: bool = False) -> Callable:
    """`python train.py`, from the command to the saved best model."""
    options = ["--model", model, "--cells", "8", "--data", str(imdb_path())]
    return _job(["train.py", *options, "--epochs", str(epochs), "--out"], memory)


def book_script(epochs: int) -> Callable:
    """The embedding model in a plain Keras script (book_script.py)."""
    command = ["benchmarks/book_script.py", str(imdb_path()), str(epochs)]
    return _job(command, memory=False)


def _job(command: list[str], memory: bool) -> Callable:
    def run(_times):
        with tempfile.TemporaryDirectory() as folder:
            options = [sys.executable, *command, f"{folder}/run"]
            with open(f"{folder}/log", "w+", encoding="utf-8") as log:
                job = subprocess.Popen(options, cwd=ROOT, stdout=log, stderr=log)
                _, status, usage = os.wait4(job.pid, 0)
                if status:
                    log.seek(0)
                    raise RuntimeError(f"{command[0]} failed: {log.read()[-300:]}")
        return usage.ru_maxrss * 1024 if memory else None  # Linux has KiB

    return run


def book_memory() -> Callable:
    """The bytes of the book's way: every review as one-hot rows.

    Computed. keras.utils.to_categorical makes float64, and `fit` two float32 copies of
    it. Runs with 1,000 and 3,000 reviews needed 17 bytes a number, where this has 16.
    """
    return lambda _times: sum(SPLIT) * TIMESTEPS * WORDS * ONE_HOT_BYTES
