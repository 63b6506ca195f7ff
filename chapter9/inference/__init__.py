"""A trained model in; predictions, evaluations and tables beside the author out."""
