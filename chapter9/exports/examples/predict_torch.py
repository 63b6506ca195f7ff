"""Predicts from text with PyTorch alone: python predict.py "a great film"."""

import sys

import torch
from text_to_ids import FOLDER, answer, ids

model = torch.export.load(FOLDER / "model.pt2").module()


def predict(token_ids):
    """(reviews, timesteps) int32 in, (reviews, outputs) out."""
    with torch.no_grad():
        return model(torch.from_numpy(token_ids)).cpu().numpy()


if __name__ == "__main__":
    for text in sys.argv[1:]:
        print(f"{answer(predict(ids([text]))[0])}: {text}")
