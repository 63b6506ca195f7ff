"""Chromium for the tests of the page: Debian's, driven by playwright."""

import contextlib
import shutil
from collections.abc import Iterator

import pytest

from chapter9 import page

# Without these Chromium looks for Google's hosts at every start.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def chromium() -> Iterator:
    """Yields a headless browser; skips the test where there is none."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: pip install playwright"
    )
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Page:
    """A page in the browser that remembers errors and every request it made.

    What it reads of its own memory (blob:), as a worker is made, is no request.
    """

    def __init__(self, browser, file, **options):
        defaults = {"locale": "en-US", "viewport": {"width": 1280, "height": 900}}
        self.context = browser.new_context(offline=True, **(defaults | options))
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(120_000)  # a busy machine is no fault of the page
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("request", lambda request: self._note(request.url))
        self.url = file.resolve().as_uri()
        self.tab.goto(self.url)
        self.tab.wait_for_selector("#page, noscript p")  # whichever there is to see

    def _note(self, url: str) -> None:
        if not url.startswith("blob:"):
            self.requests.append(url)

    def run(self, script: str, argument=None):
        """Runs a JavaScript function in the page and returns its result."""
        return self.tab.evaluate(script, argument)

    def write(self, review: str) -> None:
        """Replaces the review."""
        self.tab.fill("#review", review)

    def text(self, selector: str) -> str:
        """Returns an element's text, its white space made single spaces."""
        return " ".join(self.tab.locator(selector).first.inner_text().split())

    def press(self, *keys: str) -> None:
        """Presses keys outside of any field."""
        self.run("() => document.activeElement.blur()")
        for key in keys:
            self.tab.keyboard.press(key)


@contextlib.contextmanager
def opened_page(folder, *runs) -> Iterator[Page]:
    """Yields the page of runs, each with its model, in a browser of its own."""
    page.write(folder / "page.html", [page.run_data(*run) for run in runs])
    with chromium() as browser:
        yield Page(browser, folder / "page.html")
