"""Evaluates a run's best model on the test reviews."""

from commands import start

if __name__ == "__main__":
    start("evaluate")
