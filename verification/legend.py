"""What a report says below its lines: how to read them, as far as they need it."""

from collections.abc import Iterable

from before_keras import questions
from before_keras.language import Text
from verification.line import Line

LEGENDS = (  # each with whether a line needs it
    (
        Text(
            "A single value: book, formula, custom layer and built-in layer agree.",
            "값이 하나만 있으면 책, 계산식, 직접 구현한 층, 케라스 층의 값이 모두 "
            "같습니다.",
        ),
        lambda line: line.agrees,
    ),
    (
        Text(
            "hg-mldl, hg-mldl2: github.com/rickiepark; file, commit and cell (In [4]).",
            "hg-mldl, hg-mldl2: github.com/rickiepark의 파일, 커밋, 셀(In [4])입니다.",
        ),
        lambda line: bool(line.cell),
    ),
    (
        Text(
            "Computed: a value that neither the book nor its notebooks print.",
            "계산한 값: 책에도 노트북에도 나오지 않는 값입니다.",
        ),
        lambda line: line.computed,
    ),
    (
        Text(
            f"Why 624: {questions.GRU_PARAMETERS.en}",
            f"왜 624인지: {questions.GRU_PARAMETERS.ko}",
        ),
        lambda line: line.book == "624",
    ),
    (
        Text(
            f"Why yours differ: {questions.OTHER_FIGURES.en}",
            f"결과가 왜 다른지: {questions.OTHER_FIGURES.ko}",
        ),
        lambda line: bool(line.verdict) and line.holds is False,
    ),
)


def of(lines: Iterable[Line]) -> list[Text]:
    """Returns the legends that some of the lines need."""
    found = list(lines)
    return [text for text, is_needed in LEGENDS if any(map(is_needed, found))]
