"""Opening anyone's saved model without running, building or believing any of it."""
