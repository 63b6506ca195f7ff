"""Damage to files, drawn by hypothesis: on their bytes, inside a zip, inside JSON."""

import io
import json
import zipfile

from hypothesis import strategies as st

ODD = (
    *(None, True, -1, 0, 10**9, 10**30, 1.5, float("nan"), "", "x" * 1000, "../x"),
    *([], {}, [[]], [None, 10**12], {"class_name": "Lambda", "config": {}}),
)


@st.composite
def damaged(draw, whole: bytes, others: tuple[bytes, ...] = ()) -> bytes:
    """A file with bytes flipped, cut out, or spliced in from itself or another file."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        kind = draw(st.sampled_from(["flip", "cut", "truncate", "splice"]))
        if kind == "flip" and content:
            content[place] ^= draw(st.integers(1, 255))
        elif kind == "cut":
            del content[place : place + draw(st.integers(1, 2_000))]
        elif kind == "truncate":
            del content[place:]
        else:
            other = draw(st.sampled_from((whole, *others)))
            begin = draw(st.integers(0, len(other)))
            content[place:place] = other[begin : begin + draw(st.integers(1, 2_000))]
    return bytes(content)


@st.composite
def damaged_zip(draw, whole: bytes) -> bytes:
    """A zip whose checksums hold and whose members are damaged, doubled or missing."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    place = draw(st.integers(0, len(members) - 1))
    name, content = members[place]
    kind = draw(st.sampled_from(["damage", "damage", "edit", "drop", "double", "swap"]))
    if kind == "damage":
        members[place] = name, draw(damaged(content))
    elif kind == "edit" and name.endswith(".json"):
        members[place] = name, draw(edited_json(content))
    elif kind == "drop":
        del members[place]
    elif kind == "double":
        members.append((name, draw(damaged(content))))
    elif kind == "swap":
        members[place] = name, draw(st.sampled_from(members))[1]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


@st.composite
def edited_json(draw, whole: bytes) -> bytes:
    """JSON of which some values are others: odd ones, or from elsewhere in it."""
    root = json.loads(whole)
    places = list(_places(root))
    for _ in range(draw(st.integers(1, 3))):
        parent, key = draw(st.sampled_from(places))
        other = draw(st.sampled_from(places))
        odd = draw(st.sampled_from(ODD))
        value = odd if draw(st.booleans()) else other[0][other[1]]
        # A copy, or a value could come to hold itself.
        parent[key] = json.loads(json.dumps(value))
    return json.dumps(root).encode()


def _places(parent):
    """Every (list or dict, index or key) of parsed JSON."""
    keys = parent if isinstance(parent, dict) else range(len(parent))
    for key in list(keys):
        yield parent, key
        if isinstance(parent[key], dict | list):
            yield from _places(parent[key])
