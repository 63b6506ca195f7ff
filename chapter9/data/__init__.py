"""Text and files in, reviews as token ids out, split, cut and padded as in the book."""

from chapter9.data.corpus import (
    SOURCES,
    VARIABLE,
    Corpus,
    Split,
    load,
    prepare,
    split,
)

__all__ = ["SOURCES", "VARIABLE", "Corpus", "Split", "load", "prepare", "split"]
