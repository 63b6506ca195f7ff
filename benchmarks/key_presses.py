"""How soon the page answers a key press, while it trains and while it does not.

    python -m benchmarks.key_presses explore.html

In Chromium, in the tab that trains: from the press to the end of the frame that shows
it, with the sample's default model. The rounds go to and fro between the two, because
the time without training is the least that this machine has.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np

PRESSES, ROUNDS = 200, 5
REVIEW, TYPED = "the film is not dull but moving", " good and bad film"
LISTEN = """() => {
  window.answered = [];
  byId("learn-review").addEventListener("input", (event) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => answered.push(performance.now() - event.timeStamp);
    requestAnimationFrame(() => channel.port2.postMessage(0));  // after the frame
  });
}"""


def main() -> None:
    """Prints a table of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("page", type=Path, help="a page that explore.py wrote")
    parser.add_argument("--presses", type=int, default=PRESSES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print("| round | the page | median, ms | 95 % within, ms | slowest, ms |")
    print("|---|---|---|---|---|")
    for number in range(1, options.rounds + 1):
        for name, times in measure(options.page, options.presses).items():
            figures = np.percentile(times, (50, 95, 100))
            cells = " | ".join(f"{figure:.0f}" for figure in figures)
            print(f"| {number} | {name} | {cells} |", flush=True)


def measure(page: Path, presses: int) -> dict[str, list[float]]:
    """Returns milliseconds of key presses in a new browser, by what the page does."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page(offline=True, locale="en-US")
        tab.goto(page.resolve().as_uri())
        tab.click("#tab-learn")
        tab.select_option('#learn-settings [name="task"]', "sample")
        tab.wait_for_function("() => learning.live?.run === learning.run")
        tab.fill("#learn-review", REVIEW)
        tab.evaluate(LISTEN)
        found = {"is idle": _typed(tab, presses)}
        tab.click("#learn-run")
        tab.wait_for_function("() => learning.epochs.length > 1")
        found["trains"] = _typed(tab, presses)
        browser.close()
    return found


def _typed(tab, presses: int) -> list[float]:
    """Types at the end of the review, faster than anybody; returns the milliseconds."""
    tab.evaluate("() => { answered.length = 0; }")
    tab.press("#learn-review", "Control+End")
    for number in range(presses):
        tab.keyboard.press(TYPED[number % len(TYPED)])
        tab.wait_for_function("(n) => answered.length > n", arg=number)
        tab.wait_for_timeout(23 + number % 17)  # no rhythm that the frames could follow
    return tab.evaluate("() => answered")


if __name__ == "__main__":
    main()
