"""Many seeds for one model: what --seeds says, and which seeds there can be.

A single number is how many, from seed 0 on; several are the seeds themselves:

    20          0, 1, 2 ... 19
    0,3,7       these three
    20-39,42    these twenty, and 42
"""

from collections.abc import Iterable

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import printable
from before_keras.settings import RANGES, option


def parse(text: str) -> tuple[int, ...]:
    """Returns the seeds that --seeds names, in its order.

    Raises:
        UserError: if it names none, too many, one twice, or one that cannot be.
    """
    try:
        if text.isdecimal():
            return check(range(int(text)))
        return check(seed for part in text.split(",") for seed in _range(part))
    except ValueError:
        reason = _("give how many, as in 20, or which, as in 0,3,7 or 20-39")
    except UserError as error:
        reason = str(error)
    raise UserError(
        _("{option} {text}: {reason}").format(
            option=option("seeds"), text=printable(text), reason=reason
        )
    )


def check(seeds: Iterable) -> tuple[int, ...]:
    """Returns the seeds if a model can be trained with each of them, once.

    Raises:
        UserError: if there is none, too many, one twice, or one that cannot be.
    """
    checked: dict[int, None] = {}  # in their order
    lowest, highest = RANGES["seed"]
    for seed in seeds:
        if type(seed) is not int or not lowest <= seed <= highest:
            raise UserError(
                _("a seed is an integer from {lowest:,} to {highest:,}").format(
                    lowest=lowest, highest=highest
                )
            )
        if seed in checked:
            raise UserError(_("seed {seed} is named twice").format(seed=seed))
        if len(checked) == bounds.MAX_SEEDS:
            raise UserError(
                _("give at most {most:,} seeds").format(most=bounds.MAX_SEEDS)
            )
        checked[seed] = None
    if not checked:
        raise UserError(_("give at least one seed"))
    return tuple(checked)


def _range(part: str) -> range:
    """The seeds of one number, or of two with a dash between them."""
    first, dash, last = part.partition("-")
    seeds = range(int(first), int(last if dash else first) + 1)
    if not seeds:  # 9-5
        raise ValueError
    return seeds
