"""Builds the site: `make site`, or python -m website.

First every page as Markdown, in a temporary folder; then each language by mkdocs, as a
site of its own, so that a search finds pages of its language.
"""

import argparse
import re
import shutil
import tempfile
from pathlib import Path

import nbformat
import yaml
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from notebooks import build
from notebooks.build import REPOSITORY, SECTIONS
from website import front, links, notebook_pages
from website.pages import LANGUAGES, NAMES, ROOT, navigation, pages, reference

HERE = Path(__file__).parent
PICTURE = re.compile(r"^(!\[.*\]\(.*\))$", re.MULTILINE)
EMBEDDED = {
    "en": ("The page, with models trained for it", "Open the page"),
    "ko": ("훈련한 모델이 담긴 웹 페이지", "웹 페이지 열기"),
}
REFERENCE_OPTIONS = {
    "heading_level": 3,
    "show_root_heading": True,
    "show_source": False,
    "show_bases": False,
    "separate_signature": True,
    "preload_modules": ["before_keras"],
    "members": ["states_and_gates"],
    "inherited_members": True,
    "docstring_section_style": "list",
    "docstring_options": {"warn_unknown_params": False, "warn_missing_types": False},
}


def stage(
    folder: Path, language: str, notebooks: dict[str, nbformat.NotebookNode]
) -> Path:
    """Writes a language's Markdown, and the settings of its site.

    Args:
        folder: where; it is made.
        language: "en" or "ko".
        notebooks: by section, executed or not.

    Returns:
        The file of settings.
    """
    docs = folder / language  # the name says the language to what reads a page
    docs.mkdir(parents=True)
    for page in pages(language):
        if page.source.endswith(".ipynb"):
            name = Path(page.source).stem
            text = notebook_pages.markdown(notebooks[name], docs, name)
        elif page.source:
            text = (ROOT / page.source).read_text(encoding="utf-8")
        else:
            text = reference(language)
        if page.target == "index.md":
            text = with_the_page(text, language)
        text = links.moved(text, page, language, docs, REPOSITORY)
        (docs / page.target).write_text(text, encoding="utf-8")
    shutil.copyfile(HERE / "style.css", docs / "style.css")
    settings = folder / "mkdocs.yml"
    with open(settings, "w", encoding="utf-8") as file:
        yaml.safe_dump(_settings(language, docs), file, allow_unicode=True)
    return settings


def with_the_page(text: str, language: str) -> str:
    """Returns the README with the page itself where its first picture is.

    On a phone the picture stays, and leads to the page.
    """
    title, words = EMBEDDED[language]
    before, picture, after = re.split(PICTURE, text, maxsplit=1)
    target = f"../{front.NAME}?{language}"
    frame = f'<iframe src="{target}" title="{title}" loading="lazy"></iframe>'
    inside = f"{frame}\n\n{picture}\n{{.small}}\n\n[{words}]({target}){{.md-button}}"
    return f'{before}<div class="front" markdown>\n\n{inside}\n\n</div>{after}'


def _settings(language: str, docs: Path) -> dict:
    """What the two sites have each for itself, beside mkdocs.yml."""
    handler = {"paths": [str(ROOT)], "options": REFERENCE_OPTIONS}
    return {
        "INHERIT": str(HERE / "mkdocs.yml"),
        "site_name": NAMES[language],
        "docs_dir": str(docs),
        "theme": {"language": language},
        "nav": navigation(language),
        "hooks": [str(HERE / "hooks.py")],
        "plugins": [
            # Korean needs no more: a word is found by its beginning, whatever particle.
            {"search": {"lang": ["en"]}},
            {"mkdocstrings": {"handlers": {"python": handler}}},
        ],
        **({"repo_url": REPOSITORY} if REPOSITORY else {}),
    }


def main() -> None:
    """Builds as the options say."""
    arguments = _arguments()
    shutil.rmtree(arguments.out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            notebooks = {
                section: _notebook(section, language, arguments.executed)
                for section in SECTIONS
            }
            settings = stage(Path(folder) / language, language, notebooks)
            site = arguments.out / language
            mkdocs_build(load_config(str(settings), site_dir=str(site)))
            (site / "404.html").unlink()  # it would need to know the host's folders
        shutil.copyfile(HERE / "index.html", arguments.out / "index.html")
        runs = arguments.run or front.train(Path(folder) / "runs")
        front.write(runs, arguments.out / front.NAME)


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m website", description=__doc__)
    add = options.add_argument
    add("--out", type=Path, default=ROOT / "site", help="the folder, written anew")
    add("--run", type=Path, nargs="+", help="runs for the page: none is trained")
    add("--executed", type=Path, help="a folder of notebooks, LANGUAGE-SECTION.ipynb")
    return options.parse_args()


def _notebook(section: str, language: str, executed: Path | None):
    """A notebook with its outputs: executed now, or as it lies in the folder.

    One that is not in the folder is shown without outputs.
    """
    if executed is None:
        return notebook_pages.execute(section, language)
    file = executed / f"{language}-{section}.ipynb"
    if file.exists():
        return nbformat.read(file, as_version=4)
    return build.built(section, language)


if __name__ == "__main__":
    main()
