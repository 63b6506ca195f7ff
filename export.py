"""Exports a run's best model to another tool's format."""

from commands import start

if __name__ == "__main__":
    start("export")
