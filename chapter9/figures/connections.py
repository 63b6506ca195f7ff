"""Every link into a recurrent layer's neurons: from each input, and from each neuron.

Book: section 9-1 (p. 486-497). 4 inputs and 3 neurons have 4 x 3 = 12 links x_t -> h_t
and 3 x 3 = 9 links h_(t-1) -> h_t, each with a weight of its own. A gated layer has as
many links for every gate.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from before_keras.language import _
from before_keras.safety.errors import UserError
from chapter9.figures import picture
from chapter9.figures.anatomy import is_recurrent

TEXTS = {
    "en": {
        "inputs": "inputs",
        "before": "hidden state before",
        "neurons": "hidden state",
        "parameters": "{} parameters",
    },
    "ko": {
        "inputs": "입력",
        "before": "이전 은닉 상태",
        "neurons": "은닉 상태",
        "parameters": "모델 파라미터 {}개",
    },
}
MOST = 16  # inputs, and neurons, that the picture has room for
RADIUS, APART, ACROSS = 0.28, 0.8, 5.0


@dataclass(frozen=True)
class Connections:
    """How a recurrent layer's neurons are connected.

    Attributes:
        inputs: how many numbers it takes per timestep.
        units: how many neurons it has.
        shapes: of W_x, W_h and b; two alone without a bias.
    """

    inputs: int
    units: int
    shapes: tuple[tuple[int, ...], ...]

    @property
    def counts(self) -> list[int]:
        """The parameters of W_x, W_h and b."""
        return [math.prod(shape) for shape in self.shapes]


def connections(model: keras.Model) -> Connections:
    """Returns the connections of a model's first recurrent layer.

    Raises:
        UserError: if it has more inputs or neurons than the picture has room for.
        ValueError: if there is no recurrent layer.
    """
    layer = next(filter(is_recurrent, model.layers), None)
    if layer is None:
        raise ValueError("the model has no recurrent layer")
    shapes = tuple(tuple(weight.shape) for weight in layer.weights)
    inputs, units = shapes[0][0], layer.units
    if max(inputs, units) > MOST:
        raise UserError(
            _(
                "the layer has {inputs:,} inputs and {units:,} neurons: the picture "
                "has room for {most} of each"
            ).format(inputs=inputs, units=units, most=MOST)
        )
    return Connections(inputs, units, shapes)


def draw(data: Connections, path: Path, title: str = "", language: str = "en") -> None:
    """Writes the inputs and the hidden state before on the left, the neurons right.

    Args:
        data: from `connections`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text, blue, red = TEXTS[language], *picture.COLOURS[:2]
    inputs = _column(0, 0, data.inputs)
    before = _column(0, -APART * (data.inputs + 1), data.units)
    top, bottom = inputs[0, 1] + APART, before[-1, 1] - APART
    neurons = _column(ACROSS, (top + bottom + APART * (data.units - 1)) / 2, data.units)
    with picture.drawing(path, (8, 1.2 + 0.5 * (top - bottom)), language) as figure:
        figure.suptitle(picture.plain(title))
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.set(xlim=(-4, ACROSS + 3), ylim=(bottom, top))
        axes.set_title(_total(data, text), fontsize=11)
        _draw_links(axes, inputs, neurons, blue)
        _draw_links(axes, before, neurons, red)
        products = map(_product, data.shapes)
        for nodes, name, weight, colour, side in (
            (inputs, f"$x_t$  {text['inputs']}", "$W_x$", blue, -1),
            (before, f"$h_{{t-1}}$  {text['before']}", "$W_h$", red, -1),
            (neurons, f"$h_t$  {text['neurons']}", "$b$", picture.INK, 1),
        ):
            _draw_nodes(axes, nodes, colour)
            product = next(products, "")
            label = f"{name}\n{weight}  {product}" if product else name
            _draw_label(axes, nodes, label, colour, side)


def _column(x: float, top: float, count: int) -> np.ndarray:
    """The centres of nodes below each other, (count, 2)."""
    return np.array([(x, top - APART * row) for row in range(count)])


def _total(data: Connections, text) -> str:
    terms = " + ".join(f"{count:,}" for count in data.counts)
    return text["parameters"].format(f"{terms} = {sum(data.counts):,}")


def _product(shape: tuple[int, ...]) -> str:
    """A weight's size and, if it has several dimensions, their product."""
    sizes = " × ".join(f"{size:,}" for size in shape)
    return f"{sizes} = {math.prod(shape):,}" if len(shape) > 1 else sizes


def _draw_links(axes, ends, neurons, colour: str) -> None:
    """A line from each end to each neuron."""
    from matplotlib.collections import LineCollection

    lines = [(end, neuron) for end in ends for neuron in neurons]
    axes.add_collection(LineCollection(lines, colors=colour, lw=1.1))


def _draw_nodes(axes, centres, colour: str) -> None:
    from matplotlib.patches import Circle

    style = {
        "facecolor": picture.SCHEME["warm"],
        "edgecolor": colour,
        "lw": 1.3,
        "zorder": 3,
    }
    for number, centre in enumerate(centres, start=1):
        axes.add_patch(Circle(centre, RADIUS, **style))
        axes.text(*centre, number, ha="center", va="center", fontsize=9, zorder=4)


def _draw_label(axes, nodes, label: str, colour: str, side: int) -> None:
    """What some nodes are, to their left (-1) or right (1)."""
    x, y = nodes.mean(axis=0)
    align = {"ha": "right" if side < 0 else "left", "va": "center"}
    style = {"color": colour, "fontsize": 11, "linespacing": 1.6}
    axes.text(x + side * 0.7, y, label, **align, **style)
