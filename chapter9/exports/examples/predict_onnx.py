"""Predicts from text with ONNX Runtime alone: python predict.py "a great film"."""

import sys

import onnxruntime
from text_to_ids import FOLDER, answer, ids

model = onnxruntime.InferenceSession(FOLDER / "model.onnx")
[entrance] = model.get_inputs()


def predict(token_ids):
    """(reviews, timesteps) int32 in, (reviews, outputs) out."""
    return model.run(None, {entrance.name: token_ids})[0]


if __name__ == "__main__":
    for text in sys.argv[1:]:
        print(f"{answer(predict(ids([text]))[0])}: {text}")
