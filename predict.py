"""Predicts whether reviews are positive, with a run's best model."""

from commands import start

if __name__ == "__main__":
    start("predict")
