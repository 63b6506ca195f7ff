"""What is known before Keras is imported: names, settings, safety, the book.

A command reads its options, and a run its settings, before it can say on which backend
Keras shall run. Nothing in this room imports Keras, or anything to its right.
"""

__version__ = "1.0.0"  # of everything here; pyproject.toml reads it
