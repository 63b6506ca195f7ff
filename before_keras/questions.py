"""The questions that messages lead to, by their headings in docs/questions.md.

A message names the file and the heading, no path of this machine: where the package is
installed, the file is found with the project.
"""

from before_keras.language import Text, _, spoken


def _place(english: str, korean: str) -> Text:
    return Text(f"docs/questions.md#{english}", f"docs/questions.ko.md#{korean}")


GRU_PARAMETERS = _place(
    "why-has-gru8-624-parameters-and-not-600",
    "gru8의-모델-파라미터는-왜-600개가-아니라-624개인가요",
)
OWN_REVIEWS = _place(
    "can-i-use-korean-reviews-or-my-own", "한국어-리뷰나-직접-모은-리뷰를-쓸-수-있나요"
)
OTHER_FIGURES = _place("why-is-my-accuracy-not-the-books", "왜-책과-정확도가-다른가요")
OLD_CODE = _place(
    "old-code-complains-about-input_length-or-h5",
    "예전-코드가-input_length나-h5에서-경고나-오류를-냅니다",
)
ALL = (GRU_PARAMETERS, OWN_REVIEWS, OTHER_FIGURES, OLD_CODE)


def leading_to(place: Text, problem: str) -> str:
    """Returns what is wrong with where its question is answered, in a line."""
    return _("{problem} (see {place})").format(
        problem=problem, place=place.in_language(spoken())
    )
