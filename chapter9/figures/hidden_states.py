"""The hidden states over a review's words, with the probability after each word."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import ops

from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.safety.printable import printable
from chapter9.data.reviews import Reviews
from chapter9.data.text import START, UNKNOWN, Vocabulary, known_tokens
from chapter9.figures import picture
from chapter9.figures.anatomy import Anatomy

LONGEST = 20  # characters of a label in the legend

TEXTS = {
    "en": {
        "probability": "probability that the review is positive, after each word",
        "of_label": "probability of {}, after each word",
        "of_each": "probability of each label, after each word",
        "of_first": "probability of each label after each word: the {} highest at last",
        "states": "hidden state after each word, one row per neuron: {}",
        "layer": "layer {}, {}",
        "neuron": "neuron",
        "word": "words in the order in which the network reads them",
        "start": "[start]",
        "unknown": "[ ]: unknown to the model",
        "dropped": "{} words dropped (not in the index)",
        "cut": "{} words before these cut off",
    },
    "ko": {
        "probability": "각 단어까지 읽었을 때 긍정 리뷰일 확률",
        "of_label": "각 단어까지 읽었을 때 {}일 확률",
        "of_each": "각 단어까지 읽었을 때 각 레이블일 확률",
        "of_first": "각 단어까지 읽었을 때 각 레이블일 확률: 끝에서 가장 높은 {}개",
        "states": "각 단어까지 읽었을 때의 은닉 상태(뉴런마다 한 줄): {}",
        "layer": "{}번째 층 {}",
        "neuron": "뉴런",
        "word": "신경망이 읽는 순서대로 놓은 단어",
        "start": "[시작]",
        "unknown": "[ ]: 모델이 모르는 단어",
        "dropped": "데이터에 없어 빠진 단어 {}개",
        "cut": "앞에서 잘린 단어 {}개",
    },
}


@dataclass(frozen=True)
class WordStates:
    """What a model holds after each word of a review.

    Attributes:
        words: what stands at each timestep, without padding; rare words in brackets,
            None for the token that begins a review.
        states: for each recurrent layer (words, units).
        layers: the kind of each recurrent layer.
        probabilities: (words,), after each word; the last is the model's prediction. Of
            more than two labels (words, labels), of each.
        dropped: how many words are not in the index, so that the model never sees them.
        cut_off: how many known words stood before the last `timesteps`, which are kept.
        labels: their names in a user's own reviews, that of label 0 first; else ().
    """

    words: list[str | None]
    states: list[np.ndarray]
    layers: list[str]
    probabilities: np.ndarray
    dropped: int
    cut_off: int
    labels: tuple[str, ...] = ()


def word_states(
    model: keras.Model,
    vocabulary: Vocabulary,
    review: str,
    timesteps: int,
    num_words: int,
    labels: tuple[str, ...] = (),
) -> WordStates:
    """Returns the hidden states and the probability after each word of a review.

    The model reads the padding first, as it did in training. The probability after a
    word is what the output layer makes of the hidden state there: what the model would
    say if the timesteps ended with that word.

    Args:
        model: takes (batch, timesteps) token ids, returns probabilities, as
            `output_layer` has them.
        vocabulary: the words that the model's data has tokens for.
        review: a text.
        timesteps: how many tokens the model takes: the last ones.
        num_words: the model's number of tokens.
        labels: the names of a user's own labels, that of label 0 first.

    Raises:
        UserError: if no word of the review is in the vocabulary.
    """
    read = vocabulary.read(review, num_words)
    seen = [word for word in read if word.token is not None]
    if not seen:
        raise UserError(
            _(
                "the review has no word that the model's data knows: give an English "
                "text"
            )
            if read
            else _("the review is empty: give a text")
        )
    tokens = Reviews.from_lists([[START, *known_tokens(read)]], [0])
    x = tokens.crop_and_pad(timesteps, num_words)
    anatomy = Anatomy(model)
    states = anatomy.hidden_states(anatomy.inputs(x))
    outputs = ops.convert_to_numpy(anatomy.outputs(states[-1]))[0]
    probabilities = outputs if outputs.shape[1] > 1 else outputs[:, 0]
    shown = ["␣" if w.text == " " else w.text for w in seen]
    marked = [
        f"[{text}]" if w.token == UNKNOWN else text
        for text, w in zip(shown, seen, strict=True)
    ]
    words = [None, *marked][-timesteps:]
    return WordStates(
        words=words,
        states=[ops.convert_to_numpy(s)[0, -len(words) :] for s in states],
        layers=[type(layer).__name__ for layer in anatomy.recurrent],
        probabilities=probabilities[-len(words) :],
        dropped=len(read) - len(seen),
        cut_off=max(0, len(seen) - timesteps),
        labels=labels,
    )


def draw(data: WordStates, path: Path, title: str = "", language: str = "en") -> None:
    """Writes the probability as a line above a heat map for each recurrent layer.

    Args:
        data: from `word_states`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    count = len(data.words)
    units = [states.shape[1] for states in data.states]
    limit = max(abs(states).max() for states in data.states) or 1.0
    heights = [1.5, *(min(4.0, max(1.3, 0.22 * n)) for n in units)]
    size = (min(20.0, max(6.5, 1.6 + 0.28 * count)), sum(heights) + 2)
    with picture.drawing(path, size, language) as figure:
        figure.suptitle(picture.plain(title))
        top, *maps = figure.subplots(
            len(heights), 1, sharex=True, height_ratios=heights, squeeze=False
        )[:, 0]
        if data.probabilities.ndim > 1:
            _draw_every_probability(top, data, text)
        else:
            _draw_probability(top, data, text)
        for number, axes in enumerate(maps):
            image = axes.pcolormesh(
                np.arange(count + 1) - 0.5,
                np.arange(units[number] + 1) + 0.5,
                data.states[number].T,
                cmap=picture.diverging(),
                vmin=-limit,
                vmax=limit,
                edgecolors=picture.PAPER,
                linewidth=0.4 if count <= 60 else 0,
            )
            axes.invert_yaxis()
            axes.spines[:].set_visible(False)
            axes.yaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
            # Upright: Hangul on its side is hard to read.
            axes.set_ylabel(text["neuron"], rotation=0, ha="right", va="center")
            layer = data.layers[number]
            if len(maps) > 1:
                layer = text["layer"].format(number + 1, layer)
            picture.heading(axes, text["states"].format(layer))
        every = -(-count // 100)  # a label has room for one word in so many
        words = [text["start"] if word is None else word for word in data.words]
        places = range(0, count, every)
        words_at = [words[i] for i in places]
        slanted = {"rotation": 60, "ha": "right", "rotation_mode": "anchor"}
        axes.set_xticks(places, words_at, **slanted)
        axes.tick_params(axis="x", labelsize=9, length=0)
        axes.set_xlabel(text["word"])
        figure.colorbar(image, ax=maps, aspect=14, pad=0.01).ax.set_title("$h_t$")
        notes = [
            *([text["unknown"]] if any("[" in (w or "") for w in data.words) else []),
            *([text["dropped"].format(data.dropped)] if data.dropped else []),
            *([text["cut"].format(data.cut_off)] if data.cut_off else []),
        ]
        if notes:
            figure.supxlabel(" · ".join(notes), fontsize=8, color=picture.QUIET)


def _draw_probability(axes, data: WordStates, text: dict[str, str]) -> None:
    """The probability of label 1."""
    probabilities, heading = data.probabilities, text["probability"]
    if data.labels:
        heading = text["of_label"].format(picture.plain(printable(data.labels[1])))
    axes.axhline(0.5, color=picture.QUIET, lw=0.8, ls=picture.DOTTED)
    axes.plot(probabilities, "o-", ms=4, color=picture.COLOURS[0])
    axes.annotate(
        f"{probabilities[-1]:.2f}",
        (len(probabilities) - 1, probabilities[-1]),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=picture.COLOURS[0],
        annotation_clip=False,
    )
    _finish(axes, heading)


def _draw_every_probability(axes, data: WordStates, text: dict[str, str]) -> None:
    """A line for each label, or for those whose probability is the highest at last."""
    last = data.probabilities[-1]
    shown = np.argsort(-last, kind="stable")[: len(picture.COLOURS)]
    for number, k in enumerate(shown):
        name = picture.plain(printable(data.labels[k], LONGEST))
        look, dashes = picture.look(number), picture.DASHES[number]
        label = f"{last[k]:.2f} {name}"
        axes.plot(data.probabilities[:, k], ms=4, label=label, ls=dashes, **look)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    whole = len(shown) == len(last)
    _finish(axes, text["of_each" if whole else "of_first"].format(len(shown)))


def _finish(axes, heading: str) -> None:
    axes.set(ylim=(0, 1), yticks=(0, 0.5, 1))
    picture.heading(axes, heading)
    axes.grid(axis="x", color=picture.GRID)
    axes.tick_params(axis="x", length=0)
