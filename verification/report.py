"""The verification as its reader gets it: 80 columns of text, or one JSON object.

What several lines have in common is their heading: section, topic, source, and a value.
Where the book, the formula, our layer and Keras's agree, it is printed once; where not,
each of them is spelt out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, takewhile

from before_keras.language import Text, word
from before_keras.safety.printable import printable
from before_keras.show import Entry, Ledger
from verification.line import Line

LONGEST_CLAIM = 160  # characters; in that of a run is the name of its folder
FEW = 2  # lines of one topic or value; more than that get a heading
SUMMANDS = re.compile(r"(?<=\)) (?=\+ \(|= )")  # where a long formula is broken first
ABSENT = {"custom": "no custom layer", "builtin": "no built-in"}
SECTION = Text("Section {}", "{}절")
OWN = Text("Default models (own)", "기본 모델(own)")
LEGEND = Text(
    "A single value: book, formula, custom layer and built-in layer agree.",
    "값이 하나만 있으면 책, 계산식, 직접 구현한 층, 케라스 층의 값이 모두 같습니다.",
)
SUMMARY = Text(
    "{hold} hold, {fail} fail, {skipped} skipped",
    "맞음 {hold}, 틀림 {fail}, 건너뜀 {skipped}",
)


@dataclass(frozen=True)
class Report:
    """Lines of the verification, in the language of their reader."""

    lines: tuple[Line, ...]
    language: str = "en"

    @property
    def holds(self) -> bool:
        """Whether no line fails; a skipped one does not."""
        return all(line.holds is not False for line in self.lines)

    def as_dict(self) -> dict:
        """The report as JSON can hold it."""
        return {"lines": [line.as_dict() for line in self.lines], **self._counts()}

    def __rich__(self) -> Ledger:
        """The lines by section and source, and below them how many hold."""
        by_section = groupby(self.lines, lambda line: line.section)
        groups = [g for section, lines in by_section for g in self._of(section, lines)]
        closing = [SUMMARY.in_language(self.language).format(**self._counts())]
        if any(line.agrees for line in self.lines):
            closing.insert(0, LEGEND.in_language(self.language))
        return Ledger((*groups, tuple(map(Entry, closing))))

    def __str__(self) -> str:
        return str(self.__rich__())

    def _of(self, section: str, lines) -> Iterator[tuple[Entry, ...]]:
        """A section's groups. Where there are many lines in one, it has a heading."""
        title = self._title(section)
        first: str | Text | None = None
        for (topic, source), same in groupby(lines, lambda x: (x.topic, x.source)):
            group = list(same)
            topic = topic if len(group) > FEW else ""
            shared = _alike(group) if topic else []
            if title or topic:
                heading = ", ".join(filter(None, (title, topic, self._said(source))))
                value = tuple(map(self._value, shared[:1]))
                yield (Entry(heading, value, style="bold" if title else ""),)
            first = first or source
            elsewhere = () if topic or source == first else (f"({self._said(source)})",)
            yield tuple(self._entries(group, topic, len(shared), elsewhere))
            title = ""
        yield (Entry(""),)

    def _title(self, section: str) -> str:
        title = OWN if section == "own" else SECTION
        return title.in_language(self.language).format(section) if section else ""

    def _entries(self, group, topic, shared, source) -> Iterator[Entry]:
        """The lines of a group, below its topic; the first have their value there."""
        if shared:
            claims = [self._claim(line, topic) for line in group[:shared]]
            for claim in self._joined(claims):
                yield self._entry(claim, group[0])
        if _is_pair(group):
            values = [(*self._completed(line), *source) for line in group]
            values.sort(key=lambda parts: len(" ".join(parts)))
            yield self._entry(printable(group[0].topic), group[0], *values)
        else:
            for line in group[shared:]:
                value = *self._value(line), *source
                yield self._entry(self._claim(line, topic), line, value)

    def _joined(self, claims: list[str]) -> list[str]:
        """The claims; one for all, "i, f, g, o: parameters", if they say the same."""
        halves = (claim.rpartition(": ")[::2] for claim in claims)
        whom, what = zip(*halves, strict=True)
        if len(set(what)) > 1:
            return claims
        return [f"{', '.join(whom)}: {what[0]} ({self._said('each')})"]

    def _entry(self, left: str, line: Line, *values: tuple[str, ...]) -> Entry:
        mark = {True: "ok", False: "FAIL", None: "skipped"}[line.holds]
        return Entry(left, values, mark, self._said(mark))

    def _completed(self, line: Line) -> tuple[str, ...]:
        """What completes the topic to the claim, and the value."""
        return f"{self._claim(line, line.topic)}:", *self._value(line)

    def _claim(self, line: Line, said: str) -> str:
        """The claim, without the topic where that was said."""
        claim = line.claim.in_language(self.language)
        return printable(claim.removeprefix(said).lstrip(",: "), LONGEST_CLAIM)

    def _value(self, line: Line) -> tuple[str, ...]:
        """The value in parts: how it comes about, and it; or all that are different."""
        values = self._agreed(line) if line.agrees else self._compared(line)
        parts = [part for value in values for part in SUMMANDS.split(value)]
        if line.remark:
            parts.append(f"({self._said(line.remark)})")
        elif line.verdict:
            mark, _, reason = self._said(line.verdict).partition(": ")
            parts.append(f"({reason or mark})")
        return tuple(parts)

    def _agreed(self, line: Line) -> Iterator[str]:
        value = self._said(line.book)
        is_sum = line.formula and value[0].isdigit()
        if line.steps and is_sum:
            yield f"{line.steps} = {value}"
        elif line.steps:
            yield from (f"{self._said(line.steps)}:", value)
        else:
            yield value
        for found, none in ABSENT.items():
            if not getattr(line, found):
                yield f"({self._said(none)})"

    def _compared(self, line: Line) -> Iterator[str]:
        formula = filter(None, (self._said(line.steps), self._said(line.formula)))
        values = {
            "book": self._said(line.book),
            "formula": " = ".join(formula),
            "custom layer": self._said(line.custom),
            "built-in layer": self._said(line.builtin),
        }
        given = [f"{self._said(name)} {v}" for name, v in values.items() if v]
        yield from (f"{part}," for part in given[:-1])
        yield from given[-1:]

    def _counts(self) -> dict[str, int]:
        counts = Counter(line.holds for line in self.lines)
        return {"hold": counts[True], "fail": counts[False], "skipped": counts[None]}

    def _said(self, what: str | Text) -> str:
        """A text, a word, or words with commas between them, in this language."""
        if isinstance(what, Text):
            return what.in_language(self.language)
        if (said := word(what, self.language)) != what:
            return said
        return ", ".join(word(part, self.language) for part in what.split(", "))


def _alike(lines: list[Line]) -> list[Line]:
    """The first lines that come to the same value in the same way, if they are many."""

    def value(line):
        return line.agrees, line.mark, line.steps, line.book, bool(line.builtin)

    first = value(lines[0])
    alike = list(takewhile(lambda line: line.agrees and value(line) == first, lines))
    return alike if len(alike) > FEW else []


def _is_pair(lines: list[Line]) -> bool:
    """Whether two lines of a topic, parameters and output shapes, are one entry."""
    return len(lines) == FEW and bool(lines[0].topic) and all(x.agrees for x in lines)
