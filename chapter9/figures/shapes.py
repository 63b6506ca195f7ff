"""The shapes through the stack: 3-D in, 3-D between, 2-D out.

Book: section 9-1 (p. 486-497). An array is drawn as a block: timesteps downward,
numbers per timestep to the right, samples into the page. What a layer outputs for its
last timestep alone is flat: the timesteps are gone.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import keras

from chapter9 import theme
from chapter9.figures import picture
from chapter9.figures.anatomy import is_recurrent

TEXTS = {
    "en": {
        "rank": "{}-D: ({})",
        "samples": "samples",
        "timesteps": "timesteps",
        "parameters": "{:,} parameters",
        "ids": "token ids",
        "rows": "numbers that stand for a word,\nfor every timestep",
        "looked up": "one-hot rows, for every timestep:\nlooked up, never built",
        "states": "hidden state\nof every timestep",
        "last state": "hidden state\nof the last timestep",
        "output": "output",
    },
    "ko": {
        "rank": "{}차원: ({})",
        "samples": "샘플",
        "timesteps": "타임스텝",
        "parameters": "모델 파라미터 {:,}개",
        "ids": "토큰 번호",
        "rows": "타임스텝마다\n단어 표현",
        "looked up": "타임스텝마다 원-핫 벡터\n(만들지 않고 W_x의 행만 찾음)",
        "states": "모든 타임스텝의\n은닉 상태",
        "last state": "마지막 타임스텝의\n은닉 상태",
        "output": "출력",
    },
}
FILLS = {
    "ids": picture.GRID,
    "rows": theme.TINTS[0],
    "looked up": picture.PAPER,
    "states": theme.TINTS[1],
    "last state": theme.TINTS[1],
    "output": theme.TINTS[2],
}
SLANT = (0.32, 0.26)  # how far a block goes to the right and up for its samples
GAP = 2.0  # between blocks, for the layer's name and its parameters


@dataclass(frozen=True)
class Step:
    """An array on its way through a model.

    Attributes:
        layer: the kind of the layer that it comes out of; "" for the input.
        parameters: of that layer.
        shape: the array's, with None for what is not fixed; samples first.
        role: what it holds, a key of the texts.
    """

    layer: str
    parameters: int
    shape: tuple[int | None, ...]
    role: str


def steps(model: keras.Model) -> list[Step]:
    """Returns the shapes of a model's input and of each layer's output.

    A recurrent layer with `num_tokens` takes token ids for one-hot rows that are never
    built; the step "looked up" has their shape.

    Args:
        model: a chain of layers, for one a `keras.Sequential`.
    """
    shape = tuple(model.input_shape)
    role = "ids" if len(shape) == 2 else "rows"
    found = [Step("", 0, shape, role)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        num_tokens = getattr(layer, "num_tokens", None)
        if is_recurrent(layer) and num_tokens:
            rows = (*found[-1].shape, num_tokens)
            found.append(Step("", 0, rows, "looked up"))
        shape = tuple(layer.output.shape)
        if is_recurrent(layer):
            role = "states" if len(shape) == 3 else "last state"
        elif role in ("ids", "rows"):
            role = "rows"
        else:
            role = "output"
        found.append(Step(type(layer).__name__, layer.count_params(), shape, role))
    return found


def draw(found: list[Step], path: Path, title: str = "", language: str = "en") -> None:
    """Writes the arrays as blocks, from left to right, the layers between them.

    Args:
        found: from `steps`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    sizes = [_size(step) for step in found]
    height = max(high for _, high in sizes)
    width = sum(wide for wide, _ in sizes) + GAP * (len(found) - 1)
    with picture.drawing(path, (width + 2.4, height + 1.8), language) as figure:
        figure.suptitle(picture.plain(title))
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.set(xlim=(-1.3, width + 0.9), ylim=(-1.0, height + SLANT[1] + 0.2))
        x = 0.0
        for number, (step, (wide, high)) in enumerate(zip(found, sizes, strict=True)):
            if number:
                _draw_layer(axes, step, x - GAP, height, text)
            _draw_block(axes, step, x, wide, high)
            _draw_labels(axes, step, x, wide, high, text, first=number == 0)
            x += wide + GAP


def _size(step: Step) -> tuple[float, float]:
    """Width and height of a block: sizes that differ, but fit on one page."""
    features = 1 if step.role == "ids" else step.shape[-1] or 8
    timesteps = 1
    if step.role == "ids" or len(step.shape) == 3:
        timesteps = step.shape[1] or 8
    return 0.22 + 0.2 * math.log2(features), 0.25 + 0.3 * math.log2(timesteps)


def _draw_block(axes, step: Step, x: float, wide: float, high: float) -> None:
    from matplotlib.patches import Polygon

    right, up = SLANT
    corners = {
        "front": [(0, 0), (wide, 0), (wide, high), (0, high)],
        "top": [(0, high), (wide, high), (wide + right, high + up), (right, high + up)],
        "side": [
            (wide, 0),
            (wide + right, up),
            (wide + right, high + up),
            (wide, high),
        ],
    }
    for points in corners.values():
        axes.add_patch(
            Polygon(
                [(x + a, b) for a, b in points],
                facecolor=FILLS[step.role],
                edgecolor=picture.QUIET if step.role == "looked up" else picture.INK,
                linestyle=(0, (3, 2)) if step.role == "looked up" else "-",
                joinstyle="round",
            )
        )


def _draw_layer(axes, step: Step, x: float, height: float, text) -> None:
    """An arrow over the gap that begins at x, the layer above it."""
    middle = x + SLANT[0] / 2 + GAP / 2
    y = 0.12
    arrow = {"arrowstyle": "-|>", "color": picture.INK, "lw": 1.2}
    if not step.layer:
        arrow |= {"color": picture.QUIET, "linestyle": (0, (3, 2))}
    axes.annotate("", (x + GAP - 0.1, y), (x + SLANT[0] + 0.1, y), arrowprops=arrow)
    if step.layer:
        axes.text(middle, y + 0.12, step.layer, ha="center", va="bottom", fontsize=11)
        if step.parameters:
            label = text["parameters"].format(step.parameters)
            axes.text(
                middle,
                y - 0.12,
                label,
                ha="center",
                va="top",
                fontsize=8.5,
                color=picture.QUIET,
            )


def _draw_labels(axes, step, x, wide, high, text, first: bool) -> None:
    middle = x + (wide + SLANT[0]) / 2
    numbers = ["?" if n is None else f"{n:,}" for n in step.shape[1:]]
    shape = ", ".join([text["samples"], *numbers])
    shape = text["rank"].format(len(step.shape), shape)
    axes.text(middle, -0.3, shape, ha="center", va="top", fontsize=10)
    axes.text(
        middle,
        -0.58,
        text[step.role],
        ha="center",
        va="top",
        fontsize=8.5,
        color=picture.QUIET,
        linespacing=1.3,
    )
    if first:
        axes.text(
            x - 0.1, high / 2, text["timesteps"], ha="right", va="center", fontsize=9
        )
        axes.text(
            x + SLANT[0] / 2 - 0.12,
            high + SLANT[1] / 2 + 0.02,
            text["samples"],
            ha="right",
            va="bottom",
            fontsize=9,
        )
