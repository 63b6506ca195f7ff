"""Text and files in, reviews as token ids out, split, cut and padded as in the book."""

from chapter9.data.corpus import Corpus, Split, load, prepare, split

__all__ = ["Corpus", "Split", "load", "prepare", "split"]
