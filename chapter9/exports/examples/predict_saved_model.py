"""Predicts from text with TensorFlow alone: python predict.py "a great film"."""

import sys

import tensorflow as tf
from text_to_ids import FOLDER, answer, ids

model = tf.saved_model.load(str(FOLDER / "saved_model"))


def predict(token_ids):
    """(reviews, timesteps) int32 in, (reviews, outputs) out."""
    return model.serve(tf.constant(token_ids)).numpy()


if __name__ == "__main__":
    for text in sys.argv[1:]:
        print(f"{answer(predict(ids([text]))[0])}: {text}")
