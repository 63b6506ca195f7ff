"""Data flows one way: no room imports one that stands below it in the README's tree."""

import ast
import re

import pytest

from tests.conftest import ROOT


def tree() -> list[tuple[str, int]]:
    """The README's tree: each file or folder with its place, from the top."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```\n(before_keras/.*?)```", text, re.DOTALL)
    places, folder = [], ""
    for place, line in enumerate(block.splitlines()):
        indent, names = re.match(r"( *)((?:\S+ )*?\S+)(?:  |$)", line).groups()
        for name in names.split():
            if not indent:
                folder = name if name.endswith("/") else ""
            places.append((folder * bool(indent) + name, place))
    return places


def rooms() -> dict[str, int]:
    """The place of each room by its dotted name, folders and modules alike."""
    return {
        name.removesuffix("/").removesuffix(".py").replace("/", "."): place
        for name, place in tree()
    }


ROOMS = rooms()
TOPS = ("before_keras", "chapter9", "models", "verification", "commands", "benchmarks")
FILES = sorted(
    file
    for top in TOPS
    for file in (ROOT / top).rglob("*.py")
    if file != ROOT / "chapter9" / "__init__.py"  # it gathers the public names
) + sorted(ROOT.glob("*.py"))


def dotted(file):
    return file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")


def imported(file):
    """The modules that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(name):
    """The longest room that a dotted name lies in, or None for somebody else's."""
    parts = name.split(".")
    names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((name for name in names if name in ROOMS), None)


@pytest.mark.parametrize("file", FILES, ids=dotted)
def test_no_module_imports_one_below_it(file):
    own = room(dotted(file))
    for name in imported(file):
        if other := room(name):
            assert ROOMS[other] <= ROOMS[own], f"{dotted(file)} imports {name}"
        assert name.split(".")[0] != "tests", name


@pytest.mark.parametrize("top", TOPS)
def test_modules_do_not_import_each_other(top):
    files = {dotted(file).removesuffix(".__init__"): file for file in FILES}
    needs = {}
    for name, file in files.items():
        if name.split(".")[0] == top:
            names = imported(file)
            modules = {n if n in files else n.rpartition(".")[0] for n in names}
            needs[name] = modules & set(files) - {name}
    while free := [name for name in needs if not needs[name] & set(needs)]:
        for name in free:
            del needs[name]
    assert not needs, f"they import each other: {', '.join(needs)}"


def test_what_is_known_before_keras_imports_no_keras():
    for file in (ROOT / "before_keras").rglob("*.py"):
        for name in imported(file):
            top = name.split(".")[0]
            assert top not in ("keras", "tensorflow", "chapter9"), f"{file}: {name}"


def test_the_readme_tree_is_the_tree():
    for name, _ in tree():
        assert (ROOT / name).exists(), name
    listed = {name.removesuffix("/") for name, _ in tree()}
    for top in ("before_keras", "chapter9"):
        for path in (ROOT / top).iterdir():
            name = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py" and path.name != "__init__.py":
                assert name in listed or path.parent.name in listed, name
            elif path.is_dir() and path.name != "__pycache__":
                assert name in listed, name
    commands = {path.name for path in ROOT.glob("*.py")}
    assert commands <= listed
