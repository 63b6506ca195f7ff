"""The site: built once, served as a plain file server does, visited by a browser.

Three of its notebooks are those that tests/test_notebooks.py runs, the others have no
outputs; the model of its page is small.
"""

import http.server
import subprocess
import sys
import threading
from urllib.parse import unquote, urldefrag

import pytest

pytest.importorskip("mkdocs")
pytest.importorskip("nbconvert")

from tests.browser import chromium
from tests.conftest import ROOT, own_files
from tests.test_notebooks import EXECUTED, executed  # noqa: F401
from tests.test_packaging import sdist, wheel  # noqa: F401
from tests.test_page import make_run
from website import hooks, links, pages

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
NAME = "chapter9"  # of its folder: it is not at the host's root, as on GitHub Pages


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("h_0 = 0", "<i>h</i><sub>0</sub> = 0"),
        (r"\tanh(h_{t-1})", "tanh(<i>h</i><sub><i>t</i>−1</sub>)"),
        ("1 - h_t^2", "1 − <i>h</i><sub><i>t</i></sub><sup>2</sup>"),
    ],
)
def test_a_formula_needs_no_script_and_no_font(latex, shown):
    assert hooks.formula(latex) == shown


def test_a_formula_that_the_site_cannot_show_ends_the_build():
    with pytest.raises(ValueError, match=r"\\sigma"):
        hooks.formula(r"\sigma(x)")


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_text_for_readers_is_a_page_with_a_place_in_the_navigation(language):
    end = "" if language == "en" else ".ko"
    made = {page.source for page in pages.pages(language)}
    texts = [name for name in own_files() if name.startswith("docs/")]
    english = {name for name in texts if name.endswith(".md") and ".ko." not in name}
    for name in english - set(pages.FOR_DEVELOPERS):
        assert name.replace(".md", f"{end}.md") in made
    placed = []
    for entry in pages.navigation(language):
        placed += [entry] if isinstance(entry, str) else next(iter(entry.values()))
    assert placed == [page.target for page in pages.pages(language)]


@pytest.mark.parametrize(
    ("repository", "shown"),
    [
        ("", "the catalog"),
        (
            "https://example.org/o/r",
            "[the catalog](https://example.org/o/r/blob/main/before_keras/book.py)",
        ),
    ],
)
def test_what_is_no_page_is_a_link_only_where_the_repository_is_known(
    repository, shown, tmp_path
):
    page = pages.Page("docs/questions.md", "questions.md")
    text = (
        "[the catalog](../before_keras/book.py) [all](../README.ko.md#결과) `[0](x)`\n"
    )
    moved = links.moved(text, page, "en", tmp_path, repository)
    assert moved == f"{shown} [all](../ko/index.html#결과) `[0](x)`\n"


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def served(executed, tmp_path_factory):  # noqa: F811
    """The site that `python -m website` builds: its folder, and its address."""
    for notebook in EXECUTED:
        notebooks = executed(*notebook).parent
    folder = tmp_path_factory.mktemp("served")
    run, _ = make_run(folder / "run", "embedding")
    command = [sys.executable, "-m", "website", "--out", folder / NAME]
    done = subprocess.run(
        [*command, "--run", run.path, "--executed", notebooks],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr

    def files(*arguments):
        return Files(*arguments, directory=folder)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder / NAME, f"http://127.0.0.1:{server.server_port}/{NAME}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def open_tab(browser, served):
    """Opens tabs; their errors and warnings, and wrong requests, fail the test."""
    _, address = served
    wrong, contexts = [], []

    def answered(response):
        if response.status >= 400:
            wrong.append(f"{response.status} {response.url}")

    def asked(request):
        if not request.url.startswith((address, "data:", "blob:")):
            wrong.append(request.url)

    def said(message):
        if message.type in ("error", "warning"):
            wrong.append(message.text)

    def opened(path="", viewport=DESK, **options):
        contexts.append(browser.new_context(viewport=viewport, **options))
        tab = contexts[-1].new_page()
        tab.on("response", answered)
        tab.on("request", asked)
        tab.on("console", said)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.goto(address + path)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


LOOK = """() => ({
  ids: [...document.querySelectorAll("[id]")].map((node) => node.id),
  links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
  frames: [...document.querySelectorAll("iframe")].map((frame) => frame.src),
  broken: [...document.images].filter((image) => !image.naturalWidth).map(String),
  width: document.documentElement.scrollWidth,
})"""


@pytest.mark.long
@pytest.mark.browser
def test_every_page_and_link_leads_somewhere_on_a_phone(served, open_tab):
    folder, address = served
    tab = open_tab("en/index.html", PHONE)
    waiting, pages_seen, anchors = [tab.url], {}, set()
    while waiting:
        url = waiting.pop().partition("?")[0]
        if url in pages_seen:
            continue
        tab.goto(url)
        seen = pages_seen[url] = tab.evaluate(LOOK)
        assert seen["width"] <= PHONE["width"], f"{url} is too wide for a phone"
        assert not seen["broken"], url
        for link in seen["links"] + seen["frames"]:
            page, anchor = urldefrag(link)
            if page.startswith(address):
                waiting.append(page)
                anchors.add((page.partition("?")[0], unquote(anchor)))
    for page, anchor in anchors:
        assert not anchor or anchor in pages_seen[page]["ids"], f"{page}#{anchor}"
    visited = {url.removeprefix(address) for url in pages_seen}
    made = {file.relative_to(folder).as_posix() for file in folder.rglob("*.html")}
    assert visited == made - {"index.html"}  # which only says where to go
    assert len(made) > 25


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("en", "hidden state", "hidden state"),
        ("ko", "은닉 상태", "은닉 상태"),
        ("ko", "셀", "셀"),
    ],
)
def test_a_search_finds_a_word_in_each_language(open_tab, language, words, found):
    tab = open_tab(f"{language}/questions.html")
    tab.click("[data-md-component=search-query]")
    tab.keyboard.insert_text(words)
    tab.keyboard.press("End")
    hits = tab.locator(".md-search-result__link")
    hits.first.wait_for()
    for hit in hits.all():
        assert f"/{language}/" in hit.evaluate("link => link.href")
    hits.first.click()
    tab.wait_for_url("**?h=*")
    assert found.lower() in tab.inner_text("article").lower()


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_the_front_room_is_the_page_with_its_model(open_tab, language):
    tab = open_tab("index.html", locale=language)
    tab.wait_for_url(f"**/{language}/index.html")
    frame = tab.frame_locator(".front iframe")
    frame.locator("#page").wait_for()
    assert frame.locator("html").get_attribute("lang") == language
    frame.locator("#review").fill("the film is good")
    assert not tab.locator(".front .small").is_visible()
    tab.set_viewport_size(PHONE)
    assert tab.locator(".front .small img").is_visible()
    assert not tab.locator(".front iframe").is_visible()


@pytest.mark.long
@pytest.mark.browser
def test_the_choice_of_language_leads_to_the_same_page(open_tab):
    tab = open_tab("en/notebooks/9-1.html")
    tab.click("header .md-select button")
    tab.click('header a[hreflang="ko"]')
    tab.wait_for_url("**/ko/notebooks/9-1.html")
    assert "은닉 상태" in tab.inner_text("article")


@pytest.mark.long
def test_a_notebook_is_there_with_what_its_cells_gave(served):
    folder, _ = served
    text = (folder / "ko" / "notebooks" / "9-1.html").read_text(encoding="utf-8")
    assert "tanh(1.0 * 0.5 + 0.0000 * 0.9 + 0.0) = 0.4621" in text
    assert text.count("<img") > 2
    assert "<sub><i>t</i></sub>" in text
    assert "$" not in text.partition("<article")[2].partition("</article")[0]
    assert "9-2/page-1.html" in (folder / "en/notebooks/9-2.html").read_text()
    for file in folder.rglob("*.html"):
        assert str(ROOT) not in file.read_text(encoding="utf-8")


@pytest.mark.long
def test_the_reference_has_every_public_name(served):
    text = (served[0] / "en" / "reference.html").read_text(encoding="utf-8")
    for package in ("chapter9", "models"):
        for name in pages.public_names(package):
            assert f'id="{package}.{name}"' in text
