"""Questions of docs/questions.md that messages lead to, as its headings have them.

A message names the file and the heading, no path of this machine: where the package is
installed, the file is found with the project.
"""

import re

from before_keras.language import Text, _, spoken


def _place(english: str, korean: str) -> Text:
    """The file and the anchor of a question in both languages."""
    return Text(
        f"docs/questions.md#{_anchor(english)}",
        f"docs/questions.ko.md#{_anchor(korean)}",
    )


def _anchor(heading: str) -> str:
    """A heading's name as GitHub and the site have it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


GRU_PARAMETERS = _place(
    "Why has GRU(8) 624 parameters and not 600?",
    "GRU(8)의 모델 파라미터는 왜 600개가 아니라 624개인가요?",
)
OWN_REVIEWS = _place(
    "Can I use Korean reviews, or my own?",
    "한국어 리뷰나 직접 모은 리뷰를 쓸 수 있나요?",
)
OTHER_FIGURES = _place(
    "Why is my accuracy not the book's?", "왜 책과 정확도가 다른가요?"
)
OLD_CODE = _place(
    "Old code complains about `input_length` or `.h5`.",
    "예전 코드가 `input_length`나 `.h5`에서 경고나 오류를 냅니다.",
)
ALL = (GRU_PARAMETERS, OWN_REVIEWS, OTHER_FIGURES, OLD_CODE)


def leading_to(place: Text, problem: str) -> str:
    """Returns what is wrong with where its question is answered, in a line."""
    return _("{problem} (see {place})").format(
        problem=problem, place=place.in_language(spoken())
    )
