"""How many parameters each layer of a model has, and why: term by term."""

from chapter9.parameters.explain import explain, explain_parameters

__all__ = ["explain", "explain_parameters"]
