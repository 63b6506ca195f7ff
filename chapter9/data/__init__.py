"""Text and files in, reviews as token ids out, split, cut and padded as in the book."""

from chapter9.data.corpus import Corpus, Split, prepare, split
from chapter9.data.loading import load, load_again

__all__ = ["Corpus", "Split", "load", "load_again", "prepare", "split"]
