"""One look for the pictures and the page: colours, line styles and symbols, as data.

figures/picture.py makes matplotlib's settings of it, page/html.py the page's variables.
"""

# Okabe and Ito's colours, which the colour-blind tell apart. In the dark they are the
# same six, those first that stand out from it.
LINES = {
    "light": ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"),
    "dark": ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2", "#d55e00"),
}
TINTS = ("#cfe5f4", "#f8d9c4", "#cdebe0")  # of the first three, for areas

# Strokes and gaps in line widths, and symbols: they say again what a colour says.
DASHES: tuple[tuple[int, ...], ...] = (
    (),  # of validation, and of the first of two
    (4, 2),
    (1, 2),  # of training
    (4, 2, 1, 2),
    (8, 2),
    (8, 2, 1, 2),
)
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")

# Values from -1 to 1: blue below 0, orange above. With any kind of colour vision a
# value and its negative stay apart, more so than in red and blue.
DIVERGING = (
    (-1, "#084594"),
    (-0.5, "#6ba4d6"),
    (0, "#f7f7f3"),
    (0.5, "#f0a050"),
    (1, "#9e4200"),
)
ON_PALE, ON_DARK = "#000000", "#ffffff"  # text on these colours

# What everything else is drawn in. The pictures have the light one.
SCHEMES = {
    "light": {
        "ink": "#1d2733",
        "soft": "#5a6773",
        "quiet": "#5c6771",
        "line": "#d9dde1",
        "edge": "#8b959e",
        "track": "#e1e5e8",
        "paper": "#ffffff",
        "ground": "#f6f7f5",
        "muted": "#eceeee",
        "warm": "#fff4e0",
        "light": "#eaf1f8",
        "first": "#0072b2",  # what is chosen; of two models the first
        "on-first": "#ffffff",
        "second": "#b35900",  # what is noticed; the second, dark enough for text
        "minus": "#2f74b5",
        "plus": "#c8690f",
        "focus": "#5b9bd5",
        "veil": "#00000073",
    },
    "dark": {
        "ink": "#e8ecef",
        "soft": "#aab6c0",
        "quiet": "#94a0ab",
        "line": "#36414b",
        "edge": "#75828e",
        "track": "#2f3a44",
        "paper": "#1b232b",
        "ground": "#12181e",
        "muted": "#27313a",
        "warm": "#3a2c14",
        "light": "#223243",
        "first": "#56b4e9",
        "on-first": "#0b1117",
        "second": "#e69f00",
        "minus": "#5b9bd5",
        "plus": "#e08a34",
        "focus": "#5b9bd5",
        "veil": "#00000073",
    },
}
