"""Checks every number of the chapter, or explains a saved model's parameters."""

from commands import start

if __name__ == "__main__":
    start("verify")
