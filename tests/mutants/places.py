"""The changes that are tried: cosmic-ray's, and statements left out."""

import ast
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Keyword

from tests.conftest import ROOT

# Of cosmic-ray's changes those that a slip could make; `+` -> `<<` fails anywhere.
BINARY = (
    "Add_Sub Sub_Add Mul_Div Div_Mul FloorDiv_Mul Mod_Mul Pow_Mul BitOr_BitAnd "
    "BitAnd_BitOr BitXor_BitOr"
)
COMPARED = (
    "Eq_NotEq NotEq_Eq Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt "
    "Is_IsNot IsNot_Is"
)
OTHERS = (
    "ReplaceUnaryOperator_USub_UAdd ReplaceUnaryOperator_Delete_Not AddNot "
    "ReplaceTrueWithFalse ReplaceFalseWithTrue ReplaceAndWithOr ReplaceOrWithAnd "
    "ReplaceBreakWithContinue ReplaceContinueWithBreak ExceptionReplacer "
    "NumberReplacer RemoveDecorator ZeroIterationForLoop"
)


class LeaveOut(Operator):
    """Leaves out a statement that is a call, as of os.fsync, or that raises."""

    def mutation_positions(self, node):
        """Where such statements are."""
        statement = node.parent is not None and node.parent.type == "simple_stmt"
        if statement and node.type in ("atom_expr", "power", "raise_stmt"):
            yield node.start_pos, node.end_pos

    def mutate(self, node, index):
        """Puts `pass` in its place."""
        prefix = node.get_first_leaf().prefix
        return Keyword("pass", node.start_pos, prefix)

    @classmethod
    def examples(cls):
        """What it does."""
        return (
            Example("f(x)\n", "pass\n"),
            Example("if x:\n    raise E\n", "if x:\n    pass\n"),
        )


def _operators() -> dict[str, Operator]:
    names = [f"ReplaceBinaryOperator_{name}" for name in BINARY.split()]
    names += [f"ReplaceComparisonOperator_{name}" for name in COMPARED.split()]
    found = {name: get_operator(f"core/{name}")() for name in names + OTHERS.split()}
    return found | {"LeaveOut": LeaveOut()}


@dataclass(frozen=True)
class Mutant:
    """One change in one file.

    Attributes:
        file: its path, from the project's folder.
        line: the number of the first line that differs.
        before: this line as it is.
        after: as it is then.
        text: the whole file with the change.
    """

    file: str
    line: int
    before: str
    after: str
    text: str

    def __str__(self):
        return f"{self.file}:{self.line}  {self.before}  ->  {self.after}"


def sample(files: Iterable[str], seed: int = 0) -> Iterator[Mutant]:
    """Yields changes in a random order, one at each place that can be changed.

    The order follows from the seed and from each place's own line, so that it stays
    what it is when other lines change.
    """
    operators = _operators()
    sources = {file: (ROOT / file).read_text(encoding="utf-8") for file in files}
    places = defaultdict(list)
    for file, source in sources.items():
        tree, lines = get_ast(source), source.splitlines()
        for name, operator in operators.items():
            for occurrence, (line, column) in enumerate(_positions(operator, tree)):
                key = f"{seed} {file} {lines[line - 1]} {column}"
                drawn = random.Random(key).random(), file, line, column
                places[drawn].append((name, occurrence))
    for (drawn, file, *_), changes in sorted(places.items()):
        name, occurrence = changes[int(drawn * 10**9) % len(changes)]
        if name == "NumberReplacer" and file.endswith("bounds.py"):
            continue  # a bound that is one larger is as good a bound
        try:
            text = mutate_code(sources[file], operators[name], occurrence)
        except AttributeError:  # cosmic-ray 8.7 at `except csv.Error`
            continue
        if _differs(sources[file], text):
            yield _mutant(file, sources[file], text)


def _positions(operator, tree):
    for node in ast_nodes(tree):
        for start, _ in operator.mutation_positions(node):
            yield start


def _differs(before: str, after: str) -> bool:
    """Whether another program has come out: not in annotations alone, nor in none."""
    try:
        return _program(before) != _program(after)
    except SyntaxError:
        return False


def _program(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.dump(tree)


def _mutant(file, before, after) -> Mutant:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    line, (old, new) = next(
        (line, pair) for line, pair in enumerate(pairs, 1) if pair[0] != pair[1]
    )
    return Mutant(file, line, old.strip(), new.strip(), after)
