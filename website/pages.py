"""Which files become pages of the site, in the order of its navigation."""

import ast
import dataclasses
from pathlib import Path, PurePosixPath

from notebooks.build import SECTIONS

ROOT = Path(__file__).parent.parent
LANGUAGES = {"en": "English", "ko": "한국어"}
DOCS = (
    *("reviews", "export", "seeds", "processes", "replay"),
    *("see", "speed", "questions", "glossary"),
)
FOR_DEVELOPERS = {  # in English alone
    "docs/faults.md": "faults.md",
    "docs/mutants.md": "mutants.md",
    "benchmarks/RESULTS.md": "results.md",
    "benchmarks/GPU.md": "gpu.md",
    "benchmarks/PROCESSES.md": "efficiency.md",
    "benchmarks/EXPORTS.md": "exports.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
NAMES = {"en": "Chapter 9", "ko": "9장 순환 신경망"}
HEADINGS = {
    "en": ("Notebooks", "Read on", "For developers"),
    "ko": ("노트북", "더 읽기", "개발자(영어)"),
}
REFERENCE = {
    "en": "# Reference\n\nThe public names, each with what it takes and returns.\n",
    "ko": "# API 레퍼런스\n\n공개된 이름과 그 인수, 반환값입니다(설명은 영어입니다).\n",
}


@dataclasses.dataclass(frozen=True)
class Page:
    """A page of one language.

    Attributes:
        source: the file in the repository, "" for the reference.
        target: the Markdown file below the language's folder.
    """

    source: str
    target: str

    @property
    def url(self) -> str:
        """Where the page is below the language's folder."""
        return str(PurePosixPath(self.target).with_suffix(".html"))


def pages(language: str) -> list[Page]:
    """Returns a language's pages, in order."""
    end = "" if language == "en" else f".{language}"
    return [
        Page(f"README{end}.md", "index.md"),
        *(
            Page(f"notebooks/{language}/{name}.ipynb", f"notebooks/{name}.md")
            for name in SECTIONS
        ),
        *(Page(f"docs/{name}{end}.md", f"{name}.md") for name in DOCS),
        Page("", "reference.md"),
        *(Page(*names) for names in FOR_DEVELOPERS.items()),
    ]


def navigation(language: str) -> list:
    """Returns mkdocs's `nav`: a page's title is its first heading."""
    notebooks, docs, developers = HEADINGS[language]
    targets = [page.target for page in pages(language)]
    for_developers = list(FOR_DEVELOPERS.values())
    own = [name for name in targets if name.startswith("notebooks/")]
    rest = [name for name in targets[1:] if name not in (*own, *for_developers)]
    return [
        targets[0],
        {notebooks: own},
        {docs: rest},
        {developers: for_developers},
    ]


def reference(language: str) -> str:
    """Returns the page of the public names, which mkdocstrings fills."""
    lines = [REFERENCE[language]]
    for package in ("chapter9", "models"):
        lines.append(f"## {package}\n")
        lines += [f"::: {package}.{name}\n" for name in public_names(package)]
    return "\n".join(lines)


def public_names(package: str) -> list[str]:
    """Returns a package's `__all__` without importing it, and so without Keras."""
    source = (ROOT / package / "__init__.py").read_text(encoding="utf-8")
    [names] = [
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    ]
    return [name for name in names if not name.startswith("__")]
