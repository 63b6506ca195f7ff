"""What mkdocs calls for each page: formulas, and the same page in the other language.

Formulas become HTML: they have indices and powers alone, and so need no script; MathML
would need a mathematical font, which many phones have not.
"""

import html
import re

MATHEMATICS = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>')
TOKEN = re.compile(r"\\(\w+)|([_^])(?:\{(.*?)\}|(.))|([A-Za-z])|(.)")
FUNCTIONS = ("tanh",)
ALTERNATE = re.compile(r'<link rel="?alternate"? href="[^"]*" hreflang="[^"]*">')


def formula(latex: str) -> str:
    """Returns a line of LaTeX as HTML.

    Raises:
        ValueError: for a command that is not known here.
    """

    def token(found: re.Match) -> str:
        name, script, group, single, letter, other = found.groups()
        if name:
            if name not in FUNCTIONS:
                raise ValueError(f"no \\{name} in a page's formulas: {latex}")
            return name
        if script:
            tag = "sub" if script == "_" else "sup"
            return f"<{tag}>{formula(group or single)}</{tag}>"
        return f"<i>{letter}</i>" if letter else other.replace("-", "−")

    return TOKEN.sub(token, latex)


def on_page_content(content, page, config, files):
    """Returns the page with HTML for LaTeX."""

    def replaced(found: re.Match) -> str:
        return f'<span class="formula">{formula(html.unescape(found[1]))}</span>'

    return MATHEMATICS.sub(replaced, content)


def on_page_context(context, page, config, nav):
    """Has the choice of language lead to this same page in the other one."""
    for other in config.extra["alternate"]:
        other["link"] = f"../{other['lang']}/{page.url}"
    return context


def on_post_page(output, page, config):
    """Leaves out <link rel=alternate>, by which Material's script looks for a sitemap.

    The choice of language stays. A sitemap would need the site's address.
    """
    return ALTERNATE.sub("", output)
