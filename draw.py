"""Draws the chapter's pictures, from real models: one command per picture."""

from commands import start

if __name__ == "__main__":
    start("draw")
