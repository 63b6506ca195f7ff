"""Predicts from text with LiteRT alone: python predict.py "a great film"."""

import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from text_to_ids import FOLDER, answer, ids

model = Interpreter(str(FOLDER / "model.tflite"))
model.allocate_tensors()
[entrance], [way_out] = model.get_input_details(), model.get_output_details()


def predict(token_ids):
    """(reviews, timesteps) int32 in, (reviews, outputs) out; one review at a time."""
    answers = []
    for row in token_ids:
        model.set_tensor(entrance["index"], row[None])
        model.invoke()
        answers.append(model.get_tensor(way_out["index"]))
    return np.concatenate(answers)


if __name__ == "__main__":
    for text in sys.argv[1:]:
        print(f"{answer(predict(ids([text]))[0])}: {text}")
