"""What the constructors of the three layers do with their arguments."""

from typing import Any


def passed_on(names: dict[str, Any], but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Returns a constructor's `locals()` as keyword arguments of its base class's."""
    left_out = ("self", "__class__", "kwargs", *but)
    return {k: v for k, v in names.items() if k not in left_out} | names["kwargs"]


def check_positive(name: str, value: Any) -> None:
    """Refuses what is no number of neurons or tokens.

    Raises:
        ValueError: in the built-in layers' words.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(
            f"Received an invalid value for argument `{name}`, "
            f"expected a positive integer, got {value}."
        )


class Cell:
    """A layer's attributes under the name `cell`, where the built-in layers have them.

    Not the layer itself, which Keras's saving would look for in itself without end.
    """

    def __init__(self, layer):
        self._layer = layer

    def __getattr__(self, name):
        return getattr(self._layer, name)
