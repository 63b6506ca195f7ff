"""Both languages everywhere: every message has its Korean, and none is said past it."""

import ast
import errno
import gettext
import os
import re
import string
import sys

import h5py
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from before_keras import language
from before_keras.language import KOREAN
from before_keras.safety.errors import UserError, reason
from before_keras.settings import Settings
from chapter9.model_files import saved_layers
from commands.parsing import Parser
from tests.conftest import ROOT

FILES = language.FOLDER / "ko" / "LC_MESSAGES" / language.DOMAIN
PO, MO = FILES.with_suffix(".po"), FILES.with_suffix(".mo")
ROOMS = ("before_keras", "chapter9", "models", "verification", "commands")
HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module")
def korean_catalog() -> Catalog:
    with open(PO, "rb") as file:
        return read_po(file, locale="ko")


@pytest.fixture
def in_korean(monkeypatch):
    """Korean is spoken, until the test is over."""
    monkeypatch.setenv("LANGUAGE", "ko")
    language.use("ko")
    yield
    language.use("en")
    gettext.textdomain("messages")


def messages(catalog):
    return [message for message in catalog if message.id]


# The catalog


def test_every_message_of_the_sources_has_its_korean_and_no_other_has(korean_catalog):
    collected = {
        message
        for room in ROOMS
        for _, _, message, _, _ in extract_from_dir(str(ROOT / room))
    }
    translated = {message.id for message in messages(korean_catalog) if message.string}
    assert translated == collected, "make messages, then write the Korean in the .po"
    assert not korean_catalog.obsolete


def test_no_korean_is_a_guess(korean_catalog):
    assert not [message.id for message in korean_catalog if message.fuzzy]


def placeholders(text):
    """The {fields} of str.format, or the %(fields)s of argparse, sorted."""
    percent = re.findall(r"%(?:\(\w+\))?[srd]", text)
    if percent:
        return sorted(percent)
    return sorted(
        f"{name}!{conversion}:{form}"
        for _, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    )


def test_the_korean_has_the_same_placeholders(korean_catalog):
    for message in messages(korean_catalog):
        assert placeholders(message.id) == placeholders(message.string), message.id


def test_no_particle_hangs_on_a_placeholder(korean_catalog):
    """Which one is right would depend on the last sound of what is put in."""
    particle = r"(?:\}|%(?:\(\w+\))?[srd])(?:[은는이가을를와과]|으?로)(?![가-힣])"
    for message in messages(korean_catalog):
        assert not re.search(particle, message.string), message.string


@pytest.mark.parametrize(
    "word",
    [
        *("유닛", "타입스텝", "단어장", "저자", "학습된", "최고의", "편향"),
        r"(?<!모델 )파라미터",
    ],
)
def test_the_korean_uses_the_books_words(korean_catalog, word):
    for message in messages(korean_catalog):
        assert not re.search(word, message.string), message.string


def test_the_korean_is_korean(korean_catalog):
    for message in messages(korean_catalog):
        if re.search(r"[A-Za-z]{3}", re.sub(r"\{.*?\}|%\(.*?\)", "", message.id)):
            assert HANGUL.search(message.string), message.id


def test_the_compiled_catalog_is_that_of_the_po_file(korean_catalog):
    written = {message.id: message.string for message in messages(korean_catalog)}
    with open(MO, "rb") as file:
        compiled = {message.id: message.string for message in messages(read_mo(file))}
    assert compiled == written, "make messages"


# What is said


def test_a_message_is_in_the_language_in_use_when_it_arises(in_korean):
    with pytest.raises(UserError, match="정수를 지정하세요"):
        Settings(words=1)
    language.use("en")
    with pytest.raises(UserError, match="give an integer from"):
        Settings(words=1)


@pytest.mark.parametrize(
    "code",
    [
        *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR),
        *(errno.EEXIST, errno.ENAMETOOLONG, errno.EFBIG, errno.ENOSPC, errno.EROFS),
        *(errno.EIO, errno.ECONNREFUSED, errno.ENETUNREACH),
    ],
    ids=errno.errorcode.get,
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows says it in other words")
def test_the_operating_systems_reasons_are_korean(in_korean, code):
    assert HANGUL.search(reason(OSError(code, os.strerror(code))))


def test_an_unknown_reason_is_said_as_it_is(in_korean):
    assert reason(OSError(1, "a reason of tomorrow")) == "a reason of tomorrow"
    assert reason(OSError("no number")) == "no number"


def test_the_process_that_reads_hdf5_is_quoted_in_korean(in_korean, tmp_path):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file["model_weights/a {0.__class__} name"] = h5py.SoftLink("/elsewhere")
    with pytest.raises(UserError, match="다른 곳을 가리키는 링크") as error:
        saved_layers.of_file(path)
    assert "'a {0.__class__} name'" in str(error.value)


def parser():
    options = Parser("무엇을 하는지", "예")
    options.add_argument("run", nargs="+", help="결과 폴더")
    options.add_argument("--number", type=int, help="수", default=3)
    one = options.add_mutually_exclusive_group(required=True)
    one.add_argument("--this", action="store_true", help="이것")
    one.add_argument("--that", help="저것")
    return options


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a"],
        ["--unknown", "a", "--this"],
        ["a", "--this", "--that", "b"],
        ["a", "--that"],
        ["a", "--this=1"],
        ["a", "--this", "--number", "one"],
        ["a", "--this", "--lang", "fr"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_argparse_complains_in_korean(in_korean, capsys, arguments):
    with pytest.raises(SystemExit) as exit_code:
        parser().parse_args(arguments)
    assert exit_code.value.code == 2
    usage, *_, complaint = capsys.readouterr().err.splitlines()
    assert usage.startswith("사용법: ")
    problem = complaint.partition("오류: ")[2]
    assert HANGUL.search(problem), complaint
    assert not re.search(r"\b(argument|expected|invalid|required)", problem)


def test_help_is_korean(in_korean, capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    for line in capsys.readouterr().out.split("사용법: ")[1].split("\n\n", 1)[1:]:
        for words in re.split(r"\n+", line.strip()):
            assert HANGUL.search(words), words


# What is not said past the catalog

BILINGUAL = (  # their English stands beside its Korean, or is the data itself
    "before_keras/author.py",
    "before_keras/book.py",
    "before_keras/language.py",
    "chapter9/data/sample.py",
    "chapter9/inference/order.py",
)
FOR_PROGRAMMERS = ("ValueError", "TypeError", "RuntimeError", "NotImplementedError")
QUOTED = (  # where such an error becomes part of a message
    "before_keras/safety/untrusted.py",
    "chapter9/data/imdb_file.py",
    "chapter9/model_files/",
    "chapter9/run_folder/history.py",
    "chapter9/run_folder/snapshot.py",
)
NOT_SAID = {  # to a program, not to a reader
    "better than all",
    "worse than all",
    "its checksum is wrong",  # imdb.py makes the cache anew
    "Glyph .* missing from font",
    "bold red",
    "offset points",
    "outside lower center",
    "center left",
    "looked up",
    "last state",
    '"use strict";\n',
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ",
    "; worker-src blob:; base-uri 'none'; form-action 'none'",
    "@media (prefers-color-scheme: dark) { ",
    "export a RNN from torch",  # of a ValueError
    "Gers et al. 2000",
    "Cho et al. 2014",
    "not good but bad",  # the words to draw, which are English
    "the film is good",  # a review, likewise
}
TWO_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? [a-z(]{2,}")
ONE_WORD = re.compile(r"[A-Za-z]{3,}")
SAYING = ("UserError", "print", "exit", "warn", "error", "add_parser")
SAYING_KEYWORDS = ("help", "description", "epilog", "title")


def called(node):
    function = node.func if isinstance(node, ast.Call) else node
    return getattr(function, "id", getattr(function, "attr", ""))


def said(node):
    """The strings below a node, without docstrings and what is in both languages."""
    if isinstance(node, ast.Call) and called(node) in ("_", "Text", "word"):
        return
    if isinstance(node, ast.Dict):
        keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if keys >= set(language.LANGUAGES):
            return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    for child in [] if is_docstring else ast.iter_child_nodes(node):
        yield from said(child)


def english(file):
    """(line, string) of what a reader may get to see in English alone."""
    name = file.relative_to(ROOT).as_posix()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    programmers = set()
    if not name.startswith(QUOTED):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in FOR_PROGRAMMERS:
                programmers.update(said(node))
    for text in said(tree):
        if text not in programmers and TWO_WORDS.search(text.value):
            yield text.lineno, text.value
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            spoken = list(node.args) if called(node) in SAYING else []
            spoken += [k.value for k in node.keywords if k.arg in SAYING_KEYWORDS]
            for value in spoken:
                if isinstance(value, ast.Name) and value.id == "__doc__":
                    yield value.lineno, "__doc__"
                if isinstance(value, (ast.Constant, ast.JoinedStr, ast.BinOp)):
                    for text in said(value):
                        if ONE_WORD.search(text.value):
                            yield text.lineno, text.value


def product_files():
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def name_of(file):
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", list(product_files()), ids=name_of)
def test_no_english_is_said_past_the_catalog(file):
    if name_of(file).startswith(BILINGUAL):
        return
    found = [
        (line, text)
        for line, text in english(file)
        if text not in NOT_SAID and text not in KOREAN
    ]
    assert not found


@pytest.mark.parametrize(
    "code",
    [
        'raise UserError(f"{path} is damaged")',
        'print("saved")',
        'add("--out", help="the file")',
        'what = "no such thing"',
        "Parser(description=__doc__)",
        'sys.exit("error")',
        'TEXTS = {"en": "in one language"}',
    ],
)
def test_english_is_found(tmp_path, monkeypatch, code):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "a.py").write_text(code)
    assert list(english(tmp_path / "a.py"))


@pytest.mark.parametrize(
    "code",
    [
        'raise UserError(_("{path} is damaged").format(path=path))',
        'print(_("saved"))',
        'raise ValueError("for a programmer")',
        '"""A docstring of the module."""',
        'TEXTS = {"en": "in both languages", "ko": "두 언어로"}',
        'open(path, encoding="utf-8")',
    ],
)
def test_what_is_not_english_alone_is_not_found(tmp_path, monkeypatch, code):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "a.py").write_text(code)
    assert not list(english(tmp_path / "a.py"))
