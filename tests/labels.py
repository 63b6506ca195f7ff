"""Files with more than two labels for tests, few and short, to be learnt in seconds."""

from random import Random

TOPICS = ("business", "sports", "world")
WORDS = {
    "business": ("market", "shares", "bank"),
    "sports": ("match", "goal", "coach"),
    "world": ("border", "treaty", "minister"),
}
STARS = ("1", "2", "3", "4", "5")


def topics(count=120, seed=0):
    """Rows of a headline and its topic, which its words tell."""
    random = Random(seed)
    rows = []
    for k in range(count):
        topic = TOPICS[k % 3]
        words = [random.choice(WORDS[topic]) for _ in range(3)]
        rows.append((f"news {k} of the {' and '.join(words)}", topic))
    return rows


def stars(count=200, seed=0):
    """Rows of a text and 1 to 5 stars: where the one "good" stands among "bad"s."""
    random = Random(seed)
    rows = []
    for k in range(count):
        words = ["bad"] * 5
        words[k % 5] = "good"
        rows.append((f"film {random.randrange(20)} {' '.join(words)}", STARS[k % 5]))
    return rows
