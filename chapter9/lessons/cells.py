"""Outputs of a notebook's cells: its language, a picture, the page."""

import html
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from before_keras import language
from chapter9.figures import fonts
from chapter9.page.html import build

PAGE_HEIGHT = 900  # pixels


def begin(spoken: str) -> None:
    """Says everything from here on in "en" or "ko"."""
    language.use(spoken)


def picture(draw: Callable[..., None], data: Any, title: str = "") -> Any:
    """Returns a picture for the end of a cell.

    Args:
        draw: the `draw` of a module of chapter9.figures.
        data: what it draws.
        title: stands above the picture.

    Raises:
        ImportError: without matplotlib or IPython.
    """
    from IPython.display import Image

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.png"
        options = {"title": title} if title else {}
        draw(data, file, language=fonts.language(), **options)
        return Image(file.read_bytes(), width=800)


def page(runs: list[dict[str, Any]]) -> Any:
    """Returns the page, within the cell: nothing is loaded, and no file is needed.

    Args:
        runs: what `chapter9.page.run_data` returned.

    Raises:
        ImportError: without IPython.
    """
    from IPython.display import HTML

    inside = html.escape(build(runs))
    # In a <div>, because IPython advises against an <iframe> of its own.
    size = f'width="100%" height="{PAGE_HEIGHT}"'
    return HTML(f'<div><iframe {size} srcdoc="{inside}"></iframe></div>')
