"""The cell, and the network unfolded over time, with the weights of a trained model.

Book: section 9-1 (p. 486-497). One cell, drawn once for every timestep: W_x, W_h and b
are the same at each of them, the hidden state goes from one to the next, h_0 = 0.
"""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import ops

from before_keras.language import _
from before_keras.safety.errors import UserError
from chapter9.data.text import UNKNOWN, Vocabulary, known_tokens
from chapter9.figures import picture
from chapter9.figures.anatomy import Anatomy

TEXTS = {
    "en": {
        "cell": "cell",
        "folded": "the cell",
        "unfolded": "unfolded over time: the same weights at every timestep",
        "row": "one-hot: row {}",
        "rows": "the rows of these words",
        "parameters": "{} parameters",
        "LSTM": "gates: i input, f forget, g candidate, o output",
        "GRU": "gates: z update, r reset, g candidate",
    },
    "ko": {
        "cell": "셀",
        "folded": "셀(순환층)",
        "unfolded": "타임스텝으로 펼친 신경망: 모든 타임스텝이 같은 가중치를 공유",
        "row": "원-핫: {}번 행",
        "rows": "이 단어들의 행",
        "parameters": "모델 파라미터 {}개",
        "LSTM": "i 입력 게이트, f 삭제 게이트, g 후보, o 출력 게이트",
        "GRU": "z 업데이트 게이트, r 리셋 게이트, g 후보",
    },
}
EQUATION = r"$h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$"
MAX_WORDS = 6  # that the picture has room for
MAX_COLUMNS, MAX_ROWS = 10, 16  # of a matrix whose numbers the picture has room for
ROOM = 320  # for the characters of a row, times their size in points
GATES = {"LSTM": ("i", "f", "g", "o"), "GRU": ("z", "r", "g")}  # as Keras orders them


@dataclass(frozen=True)
class Unfolded:
    """A recurrent layer at work on a few words.

    Attributes:
        layer: the kind of the layer.
        gates: the gates that its weights are made of, side by side; () for SimpleRNN.
        kernel: W_x, (features, units x gates).
        recurrent_kernel: W_h, (units, units x gates).
        bias: b, (rows, units x gates), 0 rows without a bias, 2 for GRU.
        words: the words; one that is unknown to the model in brackets.
        tokens: their ids.
        inputs: (words, features), x_t.
        states: (words, units), h_t, from h_0 = 0.
    """

    layer: str
    gates: tuple[str, ...]
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    words: list[str]
    tokens: list[int]
    inputs: np.ndarray
    states: np.ndarray

    @property
    def one_hot(self) -> bool:
        """Whether x_t is all 0 but for a 1 at the token."""
        places = np.arange(len(self.kernel))
        return np.array_equal(self.inputs, places == np.array(self.tokens)[:, None])


def unfold(
    model: keras.Model, vocabulary: Vocabulary, text: str, num_words: int
) -> Unfolded:
    """Returns the first recurrent layer's weights, and what it does with a text.

    The words alone are read, as in the book: no padding, no start token, h_0 = 0.

    Args:
        model: takes (batch, timesteps) token ids.
        vocabulary: the words that the model's data has tokens for.
        text: 1 to 6 words.
        num_words: the model's number of tokens.

    Raises:
        UserError: if there are no known words or too many.
    """
    seen = [word for word in vocabulary.read(text, num_words) if word.token is not None]
    if not 1 <= len(seen) <= MAX_WORDS:
        raise UserError(
            _(
                "the text has {found} words that the model's data knows: give 1 to "
                "{most}"
            ).format(found=len(seen), most=MAX_WORDS)
        )
    anatomy = Anatomy(model)
    layer = anatomy.recurrent[0]
    tokens = known_tokens(seen)
    inputs = anatomy.inputs(np.array([tokens], np.int32))
    states = anatomy.hidden_states(inputs)[0]
    kernel, recurrent_kernel, *bias = layer.get_weights()
    columns = kernel.shape[1]
    return Unfolded(
        layer=type(layer).__name__,
        gates=GATES.get(type(layer).__name__, ()),
        kernel=kernel,
        recurrent_kernel=recurrent_kernel,
        bias=bias[0].reshape(-1, columns) if bias else np.zeros((0, columns)),
        words=[f"[{w.text}]" if w.token == UNKNOWN else w.text for w in seen],
        tokens=tokens,
        inputs=ops.convert_to_numpy(inputs)[0],
        states=ops.convert_to_numpy(states)[0],
    )


def draw(data: Unfolded, path: Path, title: str = "", language: str = "en") -> None:
    """Writes the cell and the unfolded network above heat maps of W_x, W_h and b.

    Args:
        data: from `unfold`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    shown = (data.states,) if data.one_hot else (data.inputs, data.states)
    weights = _shown_kernel(data), data.recurrent_kernel, data.bias
    with picture.drawing(path, (10, 7), language) as figure:
        figure.suptitle(picture.plain(title))
        above, below = figure.subfigures(2, 1, height_ratios=(1.15, 1))
        axes = above.subplots()
        colours = _colours(*shown)
        _Network(axes, data, colours, text).draw()
        bar = above.colorbar(colours, ax=axes, aspect=18, shrink=0.8, pad=0.01)
        bar.ax.set_title("$h_t$" if data.one_hot else "$x_t, h_t$", fontsize=10)
        _draw_weights(below, data, weights, text)


def _colours(*arrays):
    """One scale of colours for some arrays, white at 0.

    The states have another one than the weights, which may be many times larger.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    limit = max(float(abs(array).max()) for array in arrays if array.size) or 1.0
    return ScalarMappable(Normalize(-limit, limit), picture.diverging())


def _shown_rows(data: Unfolded) -> list[int]:
    """The rows of W_x in the picture: of 500 one-hot ones those that are looked up."""
    if data.one_hot:
        return sorted(set(data.tokens), key=data.tokens.index)
    return list(range(len(data.kernel)))


def _shown_kernel(data: Unfolded) -> np.ndarray:
    return data.kernel[_shown_rows(data)]


class _Network:
    """The upper half: x_t below, the cells in the middle, h_t above."""

    RADIUS, STEP, STRIP = 0.42, 2.15, (1.5, 0.24)
    BLUE, RED = picture.COLOURS[:2]

    def __init__(self, axes, data: Unfolded, colours, text):
        self.axes, self.data, self.colours, self.text = axes, data, colours, text

    def draw(self) -> None:
        last = 3.6 + self.STEP * (len(self.data.words) - 1)
        self.axes.set(xlim=(-1.2, max(last, 10) + 1.2), ylim=(-2.6, 2.35))
        self.axes.set_aspect("equal")
        self.axes.set_axis_off()
        self._folded()
        self.axes.text(2.0, 2.1, self.text["unfolded"], ha="left", fontsize=11)
        self.axes.text(2.0, 0, "$h_0=0$", ha="center", va="center")
        self._arrow((2.35, 0), (3.6 - self.RADIUS, 0), self.RED)
        self._label((2.8, -0.12), "$W_h$", self.RED, va="top")
        for t in range(len(self.data.words)):
            self._timestep(t, 3.6 + self.STEP * t)

    def _folded(self) -> None:
        self.axes.text(0, 2.1, self.text["folded"], ha="center", fontsize=11)
        self._cell(0)
        self._label((0, -1.32), "$x_t$", picture.INK, va="top", size=12)
        self._arrow((0, -1.25), (0, -self.RADIUS), self.BLUE)
        self._label((0.1, -0.85), "$W_x$", self.BLUE, ha="left")
        self._arrow((0, self.RADIUS), (0, 1.25), picture.INK)
        self._label((0, 1.32), "$h_t$", picture.INK, va="bottom", size=12)
        r = self.RADIUS
        loop = "arc,angleA=25,angleB=-25,armA=60,armB=60,rad=30"
        self._arrow((0.9 * r, 0.43 * r), (0.9 * r, -0.43 * r), self.RED, loop)
        self._label((1.12, 0), "$W_h$", self.RED, ha="left")

    def _timestep(self, t: int, x: float) -> None:
        data, name = self.data, t + 1
        self._cell(x)
        self._arrow((x, -1.25), (x, -self.RADIUS), self.BLUE)
        self._label((x + 0.1, -0.85), "$W_x$", self.BLUE, ha="left")
        if data.one_hot:
            row = self.text["row"].format(data.tokens[t])
            self._label((x, -1.4), row, picture.QUIET, size=9)
        else:
            self._strip(data.inputs[t], x, -1.4)
        self._label((x, -1.62), f"$x_{name}$", picture.INK, va="top", size=12)
        self._label((x, -2.02), data.words[t], picture.INK, va="top", size=12)
        self._arrow((x, self.RADIUS), (x, 1.2), picture.INK)
        self._strip(data.states[t], x, 1.34)
        self._label((x, 1.52), f"$h_{name}$", picture.INK, va="bottom", size=12)
        if name < len(data.words):
            right = x + self.STEP - self.RADIUS
            self._arrow((x + self.RADIUS, 0), (right, 0), self.RED)
            middle = x + self.STEP / 2
            self._label((middle, -0.12), "$W_h$", self.RED, va="top")
            carried = f"$h_{name}, c_{name}$" if len(data.gates) == 4 else f"$h_{name}$"
            self._label((middle, 0.1), carried, picture.INK, va="bottom")

    def _cell(self, x: float) -> None:
        from matplotlib.patches import Circle

        style = {
            "facecolor": picture.SCHEME["warm"],
            "edgecolor": picture.INK,
            "lw": 1.3,
        }
        self.axes.add_patch(Circle((x, 0), self.RADIUS, **style))
        name = self.data.layer if self.data.gates else self.text["cell"]
        self._label((x, 0), name, picture.INK, size=9.5)

    def _strip(self, values, x: float, y: float) -> None:
        """A vector as a row of coloured squares, centred at (x, y)."""
        wide, high = self.STRIP
        self.axes.pcolormesh(
            np.linspace(x - wide / 2, x + wide / 2, len(values) + 1),
            [y - high / 2, y + high / 2],
            values[None],
            cmap=self.colours.cmap,
            norm=self.colours.norm,
            edgecolors=picture.QUIET,
            linewidth=0.5 if len(values) <= 32 else 0,
        )

    def _arrow(self, start, end, colour, connection="arc3") -> None:
        properties = {"arrowstyle": "-|>", "color": colour, "lw": 1.6}
        properties |= {"shrinkA": 0, "shrinkB": 0, "connectionstyle": connection}
        self.axes.annotate("", end, start, arrowprops=properties)

    def _label(self, at, text, colour, ha="center", va="center", size=11) -> None:
        self.axes.text(*at, text, color=colour, ha=ha, va=va, fontsize=size)


def _draw_weights(figure, data: Unfolded, weights, text) -> None:
    """The lower half: W_x, W_h and b with the number of their parameters."""
    rows_shown, colours = _shown_rows(data), _colours(*weights)
    names = [
        data.words[data.tokens.index(row)] if data.one_hot else "" for row in rows_shown
    ]
    shapes = [data.kernel.shape, data.recurrent_kernel.shape, data.bias.shape]
    counts = [rows * columns for rows, columns in shapes]
    terms = " + ".join(f"{count:,}" for count in counts if count)
    total = text["parameters"].format(f"{terms} = {sum(counts):,}")
    figure.suptitle(f"{text.get(data.layer, EQUATION)}      {total}", fontsize=11)
    tallest = max(len(weight) for weight in weights)
    panels = figure.subplots(1, 3)
    for axes, name, weight, (rows, columns) in zip(
        panels, ("W_x", "W_h", "b"), weights, shapes, strict=True
    ):
        title = f"${name}$   {rows:,} × {columns} = {rows * columns:,}"
        if rows != len(weight):
            title += f"\n{text['rows']}"
        pad = 18 if data.gates else 6
        axes.set_title(title, fontsize=11, pad=pad, linespacing=1.4)
        _draw_matrix(axes, weight, tallest, colours, data.gates)
    panels[0].set_yticks(np.arange(len(names)) + 0.5, names)
    figure.colorbar(colours, ax=panels, aspect=16, pad=0.01)


def _number(value: float) -> str:
    """At most 6 characters for a weight: -0.53, or -3e-4 where that would be -0.00."""
    if value and abs(value) < 0.005:
        return f"{value:.0e}".replace("e-0", "e-")
    return f"{value:.2f}"


def _draw_matrix(axes, weight, tallest: int, colours, gates) -> None:
    """A heat map, with its numbers where there is room, and lines between the gates."""
    rows, columns = weight.shape
    if rows:
        axes.pcolormesh(
            weight,
            cmap=colours.cmap,
            norm=colours.norm,
            edgecolors=picture.PAPER,
            linewidth=0.4,
        )
    if rows and columns <= MAX_COLUMNS and tallest <= MAX_ROWS:
        longest = max(len(_number(value)) for value in weight.flat)
        size = min(6.5, ROOM / (columns * longest))  # so that neighbours do not touch
        for (row, column), value in np.ndenumerate(weight):
            axes.text(
                column + 0.5,
                row + 0.5,
                _number(value),
                color=picture.ink_on(colours.to_rgba(value)),
                ha="center",
                va="center",
                fontsize=size,
            )
    width = columns / max(1, len(gates))
    for number, gate in enumerate(gates):
        axes.text((number + 0.5) * width, -0.25, gate, ha="center", va="bottom")
        if number:
            axes.vlines(number * width, 0, rows, color=picture.INK, lw=1)
    axes.set(xlim=(0, columns), ylim=(tallest, 0), xticks=[], yticks=[])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
