"""Files of a user's own reviews for tests, in Korean, few and short."""

import csv
import json
from random import Random

GOOD = ("재미있다", "좋았다", "최고다", "감동이다", "훌륭하다")
BAD = ("지루하다", "별로다", "최악이다", "아깝다", "엉망이다")
ABOUT = ("연기는", "이야기는", "음악은", "영화는", "결말은")
TRAIN = ["--words", "60", "--cells", "4", "--timesteps", "20", "--batch-size", "16"]


def reviews(count=100, seed=0, labels=("부정", "긍정")):
    """Rows of a text and a label, half of each label; the last clause decides."""
    random = Random(seed)
    rows = []
    for k in range(count):
        sides = (GOOD, BAD) if k % 2 == 0 else (BAD, GOOD)
        clauses = [f"{random.choice(ABOUT)} {random.choice(side)}" for side in sides]
        rows.append((f"{k}번째 글: " + " 그런데 ".join(clauses), labels[k % 2]))
    return rows


def write(path, rows=None, header=("text", "label"), encoding="utf-8", end="\n"):
    """Writes rows as the path's suffix says; returns the path."""
    rows = reviews() if rows is None else rows
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding=encoding, newline="") as file:
        if path.suffix == ".jsonl":
            for row in rows:
                cells = dict(zip(header, row, strict=True))
                file.write(json.dumps(cells, ensure_ascii=False) + end)
        elif path.suffix == ".tsv":
            for row in [header, *rows]:
                file.write("\t".join(row) + end)
        else:
            csv.writer(file, lineterminator=end).writerows([header, *rows])
    return path
