"""Trains a model of the chapter and writes a run folder."""

from commands import start

if __name__ == "__main__":
    start("train")
