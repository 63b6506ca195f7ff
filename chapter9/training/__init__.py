"""A model and reviews in, the best model and its figures in a run folder out."""
