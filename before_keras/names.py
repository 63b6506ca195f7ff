"""The names that options and settings take: models, layers, backends, data."""

SECTIONS = {  # of each model; those of a section stand as in its notebook
    "weights": "9-1",
    "sentence": "9-1",
    "stack": "9-1",
    "prediction": "9-1",
    "one-hot": "9-2",
    "embedding": "9-2",
    "lstm": "9-3",
    "lstm-dropout": "9-3",
    "lstm-2-layers": "9-3",
    "gru": "9-3",
}
REVIEW_MODELS = tuple(name for name, section in SECTIONS.items() if section != "9-1")
LAYERS = ("custom", "builtin")  # this project's recurrent layers, or Keras's own
EDITIONS = (1, 2)
BACKENDS = ("tensorflow", "jax", "torch")
DATA = ("imdb", "sample", "own")  # own: a user's reviews
LABELS = ("negative", "positive")  # label 0 and label 1 of IMDB and the sample
