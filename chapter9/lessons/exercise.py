"""An exercise: a function that tries an answer, and says what is not right yet.

No answer stands in this project. What is right is found by running a layer, so that an
exercise cannot be right where the chapter is wrong.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief


@dataclass(frozen=True, repr=False)
class Verdict:
    """What is said of an answer.

    Attributes:
        right: whether it is right; None as long as there is none.
        text: in the language in use.
    """

    right: bool | None
    text: str

    def __bool__(self) -> bool:
        return bool(self.right)

    def __repr__(self) -> str:
        return self.text


def exercise(tried: Callable[..., str]) -> Callable[..., Verdict]:
    """Makes an exercise of a function that returns a hint, "" for a right answer."""

    @functools.wraps(tried)
    def answered(answer=..., **given) -> Verdict:
        if answer is ...:
            return Verdict(None, _("no answer yet: put yours in place of ..."))
        try:
            hint = tried(answer, **given)
        except (TypeError, ValueError, KeyError, UserError) as error:
            reason = _("not an answer that can be tried: {reason}")
            return Verdict(False, reason.format(reason=brief(error)))
        return Verdict(not hint, hint or _("right"))

    return answered


def number(answer: object, right: int, hints: dict[int, str]) -> str:
    """Returns "" for the right number, the hint for a known slip, a plain no else."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise TypeError(_("give a number"))
    other = _("not that number")
    if answer == right:
        return ""
    return next((said for slip, said in hints.items() if slip == answer), other)
