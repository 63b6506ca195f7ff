"""Predicts from text with Keras alone: python predict.py "a great film"."""

import sys

import keras
import numpy as np
from text_to_ids import FOLDER, answer, ids

model = keras.models.load_model(FOLDER / "model.keras")


def predict(token_ids):
    """(reviews, timesteps) int32 in, (reviews, outputs) out."""
    return np.asarray(model.predict_on_batch(token_ids))


if __name__ == "__main__":
    for text in sys.argv[1:]:
        print(f"{answer(predict(ids([text]))[0])}: {text}")
