"""How far a network's memory reaches: the gradient of its output in each input.

d output / d x_t says how much the output would change with the input at timestep t. In
a simple recurrent network it is a product of one factor diag(1 - h^2) W_h^T for each
timestep in between, and a long product fades or grows (Bengio, Simard and Frasconi
1994); an LSTM carries its cell state along in a sum (Hochreiter and Schmidhuber 1997).
Keras starts from an orthogonal W_h, which neither fades nor grows: what is seen here is
what training made of it. Being a product, the gradient is averaged over the reviews as
a geometric mean; an arithmetic one would show the few reviews where it grows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import ops

from before_keras import book
from chapter9.data.text import PADDING
from chapter9.figures import picture
from chapter9.figures.anatomy import Anatomy, gradient
from chapter9.run_folder.history import History, best_epoch
from chapter9.training import batches

MAX_BATCH = 250  # reviews
ENOUGH = 0.1  # of the reviews must reach back so far for a mean to be shown
MIN_NORM = 1e-30  # for the logarithm of a gradient that has vanished altogether
FADED = 0.25
MIN_SHOWN = 1e-6  # that the picture goes down to
CHANCE = 0.55  # validation accuracy of two labels; of more, as much less as guessing

TEXTS = {
    "en": {
        "x": "words before the last one",
        "y": "gradient of the output with respect to the input, relative to the last",
        "faded": "{}: a quarter of it {} words back",
        "all": "{}: more than a quarter of it {} words back",
        "band": "the middle half of the reviews",
        "chance": "! still at chance: validation accuracy {1:.2f} after {0} epochs",
        "unfinished": "! stopped after {0} epochs, its validation loss still falling",
    },
    "ko": {
        "x": "마지막 단어보다 몇 단어 앞인지",
        "y": "입력에 대한 출력의 그레이디언트(마지막 단어의 값에 대한 비율)",
        "faded": "{}: {}단어 앞에서 1/4로 줄어듦",
        "all": "{}: {}단어 앞에서도 1/4 이상",
        "band": "전체 리뷰의 가운데 50%",
        "chance": "! {0}에포크 훈련한 뒤의 검증 정확도 {1:.2f}: 아직 동전 던지기 수준",
        "unfinished": "! 검증 손실이 줄어드는 도중 {0}에포크에서 멈춤",
    },
}


@dataclass(frozen=True)
class Memory:
    """The gradient of a model's output by how far back the input stands.

    [d] is for the input d words before the last one, as a ratio to the gradient in the
    last word of the same review; NaN where too few reviews are so long.

    Attributes:
        ratios: (timesteps,), the geometric mean over the reviews; ratios[0] is 1.
        quartiles: (2, timesteps), between which the middle half of the reviews is.
        reviews: (timesteps,), how many reviews have a word there.
        history: of the run, where there is one.
        labels: how many the model tells apart.
    """

    ratios: np.ndarray
    quartiles: np.ndarray
    reviews: np.ndarray
    history: History | None = None
    labels: int = 2

    @property
    def faded(self) -> int | None:
        """The distance at which the ratio is first below a quarter, None if nowhere."""
        below = np.flatnonzero(self.ratios < FADED)
        return int(below[0]) if len(below) else None

    @property
    def shown(self) -> int:
        """The number of distances that enough reviews reach."""
        return int(np.count_nonzero(~np.isnan(self.ratios)))

    @property
    def caution(self) -> str:
        """Why this is not yet the memory of a trained model, a key of the texts, or "".

        A run that early stopping ended has its best epoch `book.PATIENCE` from the end.
        """
        if not self.history:
            return ""
        best = best_epoch(self.history)
        if self.history["val_accuracy"][best] < CHANCE * 2 / self.labels:
            return "chance"
        since = len(self.history["val_loss"]) - 1 - best
        return "unfinished" if since < book.PATIENCE else ""


def gradient_norms(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """Returns the norm of d output / d x_t for each review and timestep.

    x_t is what the first recurrent layer takes: an embedding or a one-hot row. The
    output is the model's, a probability; with more than two labels that of the
    predicted one: all of them together are always 1.

    Args:
        model: takes (batch, timesteps) token ids, returns probabilities, as
            `output_layer` has them.
        x: (reviews, timesteps) token ids.

    Returns:
        (reviews, timesteps).
    """
    anatomy = Anatomy(model)
    norms = []

    def output(inputs):
        return ops.max(anatomy.output(inputs), axis=-1)

    rows = math.prod(anatomy.inputs(x[:1]).shape)
    for some in batches.split(model, x, MAX_BATCH, more=rows):
        inputs = anatomy.inputs(some)
        slopes = gradient(output, ops.cast(inputs, "float32"))
        norms.append(np.linalg.norm(slopes, axis=-1))
    return np.concatenate(norms)


def memory(model: keras.Model, x: np.ndarray, history: History | None = None) -> Memory:
    """Returns how the gradient changes with the distance, over many reviews.

    Padding is no word: it is left out, so that a mean goes over the reviews that are
    long enough. Where fewer than a tenth of them are, it is NaN.

    Args:
        model: as `gradient_norms` takes it.
        x: (reviews, timesteps) token ids.
        history: of the model's training, for `Memory.caution`.
    """
    x = np.asarray(x)
    is_word = (x != PADDING)[:, ::-1]
    norms = np.maximum(gradient_norms(model, x)[:, ::-1].astype(np.float64), MIN_NORM)
    logarithms = np.where(is_word, np.log(norms / norms[:, :1]), np.nan)
    reviews = is_word.sum(axis=0)
    enough = reviews >= max(1, ENOUGH * len(x))
    ratios = np.full(x.shape[1], np.nan)
    quartiles = np.full((2, x.shape[1]), np.nan)
    ratios[enough] = np.exp(np.nanmean(logarithms[:, enough], axis=0))
    quartiles[:, enough] = np.exp(
        np.nanquantile(logarithms[:, enough], (0.25, 0.75), axis=0)
    )
    labels = max(2, model.output_shape[-1])
    return Memory(ratios, quartiles, reviews, history, labels)


def draw(
    memories: Sequence[tuple[str, Memory]],
    path: Path,
    title: str = "",
    language: str = "en",
) -> None:
    """Writes a line for each model over the distance, on a logarithmic scale.

    Args:
        memories: a name and what `memory` returned, for each model.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    with picture.drawing(path, (8.5, 4.8), language) as figure:
        figure.suptitle(picture.plain(title))
        axes = figure.subplots()
        axes.axhline(1, color=picture.QUIET, lw=0.8, ls=picture.DOTTED)
        for number, (name, data) in enumerate(memories):
            look = picture.look(number)
            distances = np.arange(len(data.ratios))
            axes.fill_between(
                distances, *data.quartiles, color=look["color"], alpha=0.12, lw=0
            )
            every = (number * 2, 10)
            label = _label(name, data, text)
            axes.plot(
                distances, data.ratios, **look, markevery=every, ms=5, label=label
            )
        axes.fill_between([], [], color=picture.QUIET, alpha=0.2, label=text["band"])
        lowest = min(np.nanmin(data.quartiles) for _, data in memories)
        floor = min(0.1, max(lowest / 1.3, MIN_SHOWN))
        highest = max(np.nanmax(data.quartiles) for _, data in memories)
        axes.set(yscale="log", ylim=(floor, max(2, highest * 1.2)), xlabel=text["x"])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_xlim(left=-1)
        axes.grid(axis="y", color=picture.GRID)
        picture.heading(axes, text["y"])
        figure.legend(loc="outside lower center", ncols=min(2, len(memories) + 1))


def _label(name: str, data: Memory, text: dict[str, str]) -> str:
    """How far back the output reaches, and what to be careful about."""
    reach = text["all" if data.faded is None else "faded"]
    far = data.shown - 1 if data.faded is None else data.faded
    lines = [reach.format(picture.plain(name), far)]
    if data.history and data.caution:
        accuracy = data.history["val_accuracy"][best_epoch(data.history)]
        epochs = len(data.history["val_loss"])
        lines.append(text[data.caution].format(epochs, accuracy))
    return "\n".join(lines)
