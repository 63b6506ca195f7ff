"""A text as token ids, as card.json says, and the model's answer in words."""

import json
from pathlib import Path

import numpy as np
from tokens import split

FOLDER = Path(__file__).parent
CARD = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
INPUT, LABELS = CARD["input"], CARD["output"]["labels"]
WORDS = json.loads((FOLDER / INPUT["vocabulary"]).read_text(encoding="utf-8"))
IDS = {word: number for number, word in enumerate(WORDS, INPUT["first_word"])}


def ids(texts):
    """Returns (texts, timesteps) int32: the last ids of each text, padding in front."""
    rows = np.full((len(texts), INPUT["timesteps"]), INPUT["padding"], np.int32)
    for row, text in zip(rows, texts, strict=True):
        found = [IDS.get(word, INPUT["absent"]) for word in split(text, INPUT["split"])]
        every = [INPUT["start"], *(number for number in found if number is not None)]
        kept = every[-len(row) :]
        row[-len(kept) :] = kept
    rows[rows >= INPUT["words"]] = INPUT["rare"]
    return rows


def answer(outputs):
    """Returns the probability of each label, the most probable first, as a text."""
    outputs = [1 - outputs[0], outputs[0]] if len(outputs) == 1 else outputs
    ranked = sorted(zip(outputs, LABELS, strict=True), reverse=True)
    return ", ".join(f"{probability:.6f} {label}" for probability, label in ranked)
