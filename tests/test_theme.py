"""One look: pictures and page have the theme's colours and none of their own."""

import ast
import re

import numpy as np
import pytest

from chapter9 import theme
from chapter9.figures import picture
from chapter9.page import html
from tests.conftest import ROOT

matplotlib = pytest.importorskip("matplotlib")
NAMED = {*matplotlib.colors.CSS4_COLORS, *matplotlib.colormaps}
WRITTEN = re.compile(r"#(?:[0-9a-f]{3,4}){1,2}\b|\b(?:rgba?|hsla?|color)\(", re.I)
TAKES_A_COLOUR = re.compile(r"color|^(c|cmap|ec|fc|mec|mfc)$")
COMPUTED = {"theme.js: rgb("}  # rgb(${rgbOf(value)}), between two of the theme's
NONE = ("none", "transparent")

PICTURES = sorted((ROOT / "chapter9" / "figures").glob("*.py"))
PAGE = [
    file
    for file in sorted((ROOT / "chapter9" / "page").rglob("*"))
    if file.suffix in (".js", ".css", ".html", ".py") and "vendor" not in file.parts
]


def colours_of_python(source: str) -> list[str]:
    """Literals that are a colour or stand where matplotlib takes one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += WRITTEN.findall(node.value)
            found += [node.value] if node.value in NAMED else []
        pairs = []
        if isinstance(node, ast.keyword):
            pairs = [(node.arg, node.value)]
        elif isinstance(node, ast.Dict):
            names = (getattr(key, "value", None) for key in node.keys)
            pairs = list(zip(names, node.values, strict=True))
        found += [
            value.value
            for name, value in pairs
            if isinstance(name, str)
            and TAKES_A_COLOUR.search(name)
            and isinstance(value, ast.Constant)
            and value.value not in NONE
        ]
    return found


def colours_of_the_page(source: str) -> list[str]:
    """Literals in a script or style sheet: as numbers, in quotes or as a value."""
    found = WRITTEN.findall(source)
    quoted = re.findall(r"[\"'`]([\w-]+)[\"'`]", source)
    values = re.findall(r"[\w-]+:([^;{}]*)[;}]", source)
    words = [word for value in values for word in re.findall(r"[\w-]+", value)]
    return found + [word for word in [*quoted, *words] if word in NAMED]


@pytest.mark.parametrize("file", PICTURES, ids=lambda file: file.name)
def test_a_picture_has_no_colour_of_its_own(file):
    assert colours_of_python(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", PAGE, ids=lambda file: file.name)
def test_the_page_has_no_colour_of_its_own(file):
    source = file.read_text(encoding="utf-8")
    find = colours_of_python if file.suffix == ".py" else colours_of_the_page
    assert {f"{file.name}: {colour}" for colour in find(source)} <= COMPUTED


@pytest.mark.parametrize(
    ("find", "source", "colour"),
    [
        (colours_of_python, 'axes.grid(axis="x", color="#eeeeee")', "#eeeeee"),
        (colours_of_python, 'style = {"ec": "k", "ls": "-"}', "k"),
        (colours_of_python, 'axes.text(0, 0, "a", None, "white")', "white"),
        (colours_of_python, 'axes.imshow(x, cmap="RdBu_r")', "RdBu_r"),
        (colours_of_the_page, "b { color: var(--ink); background: red; }", "red"),
        (colours_of_the_page, "#why { border: 1px solid #08f }", "#08f"),
        (colours_of_the_page, 'const line = { color: "tomato" };', "tomato"),
        (colours_of_the_page, "i { background: rgb(0 0 0 / .45) }", "rgb("),
    ],
)
def test_a_colour_is_found_where_it_is_written(find, source, colour):
    assert colour in find(source)


def test_pictures_have_the_themes_lines_and_symbols():
    assert theme.LINES["light"] == picture.COLOURS
    count = len(picture.COLOURS)
    assert count == len(picture.MARKERS) == len(picture.DASHES)
    assert len({*picture.MARKERS}) == len({*map(str, picture.DASHES)}) == count
    middle, ends = picture.diverging()(0.5), picture.diverging()([0.0, 1.0])
    for found, (_at, colour) in zip(
        [ends[0], middle, ends[1]], theme.DIVERGING[::2], strict=True
    ):
        wanted = matplotlib.colors.to_rgb(colour)
        np.testing.assert_allclose(found[:3], wanted, atol=1.5 / 255)


def test_light_and_dark_have_the_same_names_and_the_style_sheet_no_others():
    light, dark = theme.SCHEMES["light"], theme.SCHEMES["dark"]
    assert light.keys() == dark.keys()
    assert sorted(theme.LINES["light"]) == sorted(theme.LINES["dark"])
    given = set(re.findall(r"(--[\w-]+):", html._variables()))
    style = (ROOT / "chapter9" / "page" / "style.css").read_text(encoding="utf-8")
    assert set(re.findall(r"var\((--[\w-]+)\)", style)) <= given


# Machado, Oliveira and Fernandes (2009): linear RGB as seen without a kind of cone.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]


def linear(colour) -> np.ndarray:
    parts = np.asarray(matplotlib.colors.to_rgb(colour))
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(colour, vision) -> np.ndarray:
    """CIE L*a*b* of a colour as it is seen: a distance of 2 is just noticed."""
    seen = np.clip(np.asarray(VISIONS[vision]) @ linear(colour), 0, 1)
    x, y, z = np.asarray(XYZ) @ seen / (0.95047, 1, 1.08883)
    x, y, z = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one, other, vision) -> float:
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def contrast(one, other) -> float:
    """WCAG's, from 1 to 21."""
    dark, pale = sorted(float(np.asarray(XYZ[1]) @ linear(c)) for c in (one, other))
    return (pale + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISIONS)
def test_a_value_and_its_negative_differ_whatever_colours_one_sees(vision):
    colours, red_and_blue = picture.diverging(), matplotlib.colormaps["RdBu_r"]

    def nearest(scale):
        pairs = ((scale(0.5 - v / 2), scale(0.5 + v / 2)) for v in (0.25, 0.5, 0.75, 1))
        return min(apart(*(c[:3] for c in pair), vision) for pair in pairs)

    assert nearest(colours) > max(35, nearest(red_and_blue))


@pytest.mark.parametrize("vision", VISIONS)
def test_lines_differ_whatever_colours_one_sees(vision):
    lines = theme.LINES["light"]
    pairs = [(a, b) for k, a in enumerate(lines) for b in lines[:k]]
    assert min(apart(a, b, vision) for a, b in pairs) > 15


@pytest.mark.parametrize("name", theme.SCHEMES)
def test_the_first_lines_and_all_text_stand_out(name):
    scheme = theme.SCHEMES[name]
    for ground in ("paper", "ground"):
        for line in theme.LINES[name][:3]:
            assert contrast(line, scheme[ground]) > 3
        for text in ("ink", "soft", "quiet"):
            assert contrast(scheme[text], scheme[ground]) > 4.5
    assert contrast(scheme["on-first"], scheme["first"]) > 4.5
    assert contrast(scheme["on-first"], scheme["second"]) > 4.5
