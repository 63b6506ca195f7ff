"""A page's links and pictures, from their places in the repository to those here."""

import posixpath
import re
import shutil
from pathlib import Path

from website.pages import LANGUAGES, ROOT, Page, pages

LINK = re.compile(r"(!?)\[([^\]\[]*)\]\(([^)#\s]*)(#[^)\s]*)?\)")
CODE = re.compile(r"(```.*?```)", re.DOTALL)


def moved(text: str, page: Page, language: str, docs: Path, repository: str) -> str:
    """Returns a page's Markdown with links that hold in the site.

    Pictures are copied beside the page. What is no page of the site is a link to the
    repository, or mere text where none is known.

    Args:
        text: the Markdown as the repository has it.
        page: whose it is.
        language: "en" or "ko".
        docs: the folder of the language's Markdown.
        repository: its address, or "".
    """
    own_pages = {other.source: other.url for other in pages(language)}
    others = {
        other.source: f"../{name}/{other.url}"
        for name in LANGUAGES
        for other in pages(name)
    }
    urls = others | own_pages  # a page that both have is the own one
    folder = posixpath.dirname(page.source)

    def link(found: re.Match) -> str:
        picture, words, path, anchor = found.groups(default="")
        source = posixpath.normpath(posixpath.join(folder, path))
        if not path or ":" in path or not (ROOT / source).exists():
            return found[0]  # to here, elsewhere, beside it already; code, no link
        if picture:
            there = docs / "pictures" / posixpath.basename(source)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / source, there)
            return f"![{words}]({_relative(f'pictures/{there.name}', page)})"
        if source in urls:
            return f"[{words}]({_relative(urls[source], page)}{anchor})"
        return f"[{words}]({repository}/blob/main/{source})" if repository else words

    parts = CODE.split(text)  # every second one is code
    parts[::2] = [LINK.sub(link, part) for part in parts[::2]]
    return "".join(parts)


def _relative(url: str, page: Page) -> str:
    """An address below the language's folder as the page must say it."""
    return "../" * page.url.count("/") + url
