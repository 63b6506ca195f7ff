"""A data set of a few dozen short reviews, in IMDB's own files, for quick real runs."""

import json

import numpy as np

TRAIN = ["--words", "30", "--cells", "3", "--timesteps", "6", "--batch-size", "8"]


def write(folder, seed=0):
    """Writes imdb.npz and imdb_word_index.json; returns the path of the first."""
    generator = np.random.default_rng(seed)

    def reviews(count):
        lists = np.empty(count, object)
        for i in range(count):
            lists[i] = generator.integers(1, 40, generator.integers(3, 12)).tolist()
        return lists, generator.integers(0, 2, count)

    x_train, y_train = reviews(60)
    x_test, y_test = reviews(20)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "imdb.npz"
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    words = {f"word{rank}": rank for rank in range(1, 41)}
    (folder / "imdb_word_index.json").write_text(json.dumps(words))
    return path
