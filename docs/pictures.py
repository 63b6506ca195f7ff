"""Writes the READMEs' pictures of the page: `make pictures PAGE=explore.html`.

The page is one that explore.py wrote of a run on the sample. What is trained in it has
a seed and is the same every time. It needs Chromium, as the tests of the page do.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

FOLDER = Path(__file__).parent
LANGUAGES = {"en-US": "", "ko-KR": ".ko"}  # and the end of the file's name
DESKTOP, TALL, PHONE = (1280, 800), (1280, 980), (390, 716)
COLOURS = 200  # of a picture's palette, so that its file is small
REVIEW = (
    "i saw this crime film on saturday with my wife the plot is dull but the acting is "
    "great i think"
)
EPOCHS = (0, 8, 16, 24)  # whose weights the sequence shows
LEARNS = 5  # a seed with which 3 neurons learn the sentences, as with a third of them


def opened(browser: Browser, file: Path, size: tuple[int, int], locale: str) -> Tab:
    """Returns the page in a window of that size."""
    viewport = {"width": size[0], "height": size[1]}
    tab = browser.new_page(viewport=viewport, locale=locale, offline=True)
    tab.goto(file.resolve().as_uri())
    tab.wait_for_selector("#page")
    return tab


def train(tab: Tab, cell: str, seed: int, epochs: int) -> None:
    """Trains a cell on the sentences for so many epochs."""
    tab.click("#tab-learn")
    tab.select_option("#learn-settings [name=cell]", cell)
    tab.fill("#learn-settings [name=seed]", str(seed))
    tab.locator("#learn-settings [name=seed]").dispatch_event("change")
    tab.wait_for_function("() => learning.live?.run === learning.run")
    tab.evaluate(
        """(epochs) => {
          const steps = epochs * learning.live.steps;
          for (let step = 0; step < steps; step++) send("step");
        }""",
        epochs,
    )
    tab.wait_for_function("(n) => learning.epochs.length > n", arg=epochs)
    tab.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")


def look_at(tab: Tab, epoch: int) -> None:
    """Moves the slider of the epochs."""
    tab.evaluate(
        """(epoch) => {
          byId("learn-epoch").value = epoch;
          byId("learn-epoch").dispatchEvent(new Event("input"));
        }""",
        epoch,
    )


def reading(browser: Browser, file: Path, locale: str) -> Image.Image:
    """A review, read up to its "but"."""
    tab = opened(browser, file, DESKTOP, locale)
    tab.fill("#review", REVIEW)
    tab.locator("#tokens button", has_text="but").first.click()
    tab.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    return picture(tab)


def training(browser: Browser, file: Path, locale: str) -> Image.Image:
    """A GRU that has learned the sentences."""
    tab = opened(browser, file, TALL, locale)
    train(tab, "gru", 42, 24)
    return picture(tab)


def learning(browser: Browser, file: Path, locale: str) -> Image.Image:
    """The 24 parameters and a sentence, epoch after epoch, side by side."""
    tab = opened(browser, file, PHONE, locale)
    tab.add_style_tag(
        content="#panel-learn .transport > :not(#learn-now) { display: none }"
    )
    train(tab, "simple-rnn", LEARNS, max(EPOCHS) + 1)
    shots = []
    for epoch in EPOCHS:
        look_at(tab, epoch)
        tab.evaluate(
            """() => {
              const bar = document.querySelector("#panel-learn .transport");
              const review = document.querySelector("#panel-learn .ask");
              scrollBy(0, review.getBoundingClientRect().top - bar.offsetHeight - 8);
            }"""
        )
        shots.append(picture(tab))
    gap = 12
    width = len(shots) * (PHONE[0] + gap) - gap
    row = Image.new("RGB", (width, PHONE[1]), "white")
    for place, shot in enumerate(shots):
        row.paste(shot, (place * (PHONE[0] + gap), 0))
    return row


def picture(tab: Tab) -> Image.Image:
    """What is to be seen in the window."""
    return Image.open(io.BytesIO(tab.screenshot())).convert("RGB")


PICTURES = {"page": reading, "page-training": training, "page-learning": learning}


def main(file: Path) -> None:
    """Writes all of them, in both languages."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for locale, end in LANGUAGES.items():
            for name, made in PICTURES.items():
                small = made(browser, file, locale).quantize(COLOURS)
                small.save(FOLDER / f"{name}{end}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
