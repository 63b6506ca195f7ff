"""Which weights of a file belong to which layer."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from before_keras.safety import bounds

Weight = TypeVar("Weight")  # a weight's shape, or its numbers


class UnclearError(Exception):
    """Names do not tell which layer a weight belongs to."""


@dataclass(frozen=True)
class WeightGroups(Generic[Weight]):
    """Weights by their path in a file.

    A .keras file names a layer by its class and its place, "dense_1/" for the second
    Dense of a model, and a nested model's layers stand below "layers/". An .h5 file
    names a layer by its name, and a nested model's weights stand somewhere below it.

    Attributes:
        by_path: path in this group -> shape, or numbers.
        by_class: whether it is a .keras file.
        nested: whether this is the group of a nested model.
    """

    by_path: dict[str, Weight]
    by_class: bool
    nested: bool = False

    def of_layers(self, entries: list[dict]) -> Iterator["WeightGroups[Weight]"]:
        """Returns the weights of each of a model's layers, as serialized, in order.

        Raises:
            UnclearError: if a layer's name is found in the paths of another one's, or
                there are too many to look.
        """
        found = 0
        for group in self._groups(entries):
            found += len(group.by_path)
            if found > len(self.by_path):
                raise UnclearError
            yield group

    def _groups(self, entries) -> Iterator["WeightGroups[Weight]"]:
        searched = len(entries) * sum(map(len, self.by_path))
        if self.nested and not self.by_class and searched > bounds.MAX_SEARCHED:
            raise UnclearError
        used: Counter[str] = Counter()
        layers = "layers/" if self.nested else ""
        for entry in entries:
            if self.by_class:
                name = _snake_case(entry["class_name"])
                place = f"_{used[name]}" if used[name] else ""
                used[name] += 1
                yield self._below(f"{layers}{name}{place}/")
            elif self.nested and entry["class_name"] == "InputLayer":
                yield WeightGroups({}, self.by_class, nested=True)  # named as its model
            elif self.nested:
                yield self._containing(f"/{entry['config']['name']}/")
            else:
                yield self._below(f"{entry['config']['name']}/")

    def _below(self, group: str) -> "WeightGroups[Weight]":
        below = {
            path.removeprefix(group): weight
            for path, weight in self.by_path.items()
            if path.startswith(group)
        }
        return WeightGroups(below, self.by_class, nested=True)

    def _containing(self, group: str) -> "WeightGroups[Weight]":
        containing = {
            path: weight for path, weight in self.by_path.items() if group in f"/{path}"
        }
        return WeightGroups(containing, self.by_class, nested=True)


def _snake_case(class_name: str) -> str:
    """As Keras's saving does it (keras 3.15, utils/naming.py)."""
    name = re.sub(r"\W+", "", class_name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
