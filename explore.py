"""Writes a page in which trained models read reviews word by word, and opens it."""

from commands import start

if __name__ == "__main__":
    start("explore")
