"""The commands as processes: what they print, how they exit, what they refuse."""

import functools
import json
import os
import signal
import subprocess
import sys
import time

import keras
import pytest

import commands
import models
from before_keras.safety import bounds
from chapter9.data.text import Vocabulary
from chapter9.inference.prediction import Prediction, predict
from tests import processes, tiny
from tests.conftest import ROOT, needs_linux, needs_posix, run_command

on_posix = functools.partial(pytest.param, marks=needs_posix)
on_linux = functools.partial(pytest.param, marks=needs_linux)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Tiny data and a run on it, trained by the command."""
    folder = tmp_path_factory.mktemp("commands")
    data, log = tiny.write(folder / "data"), folder / "log"
    code = processes.run(
        *("train.py", "--data", data, "--epochs", 2, "--out", folder / "run"),
        *tiny.TRAIN,
        log=log,
    )
    assert code == 0, log.read_text()
    return data, folder / "run", log.read_text()


@pytest.fixture
def command(tmp_path):
    """Runs a command; returns its exit code and its output, both streams together."""

    def run(*arguments):
        log = tmp_path / "log"
        log.unlink(missing_ok=True)
        code = processes.run(*arguments, log=log)
        return code, log.read_text()

    return run


def refused(output):
    """Whether all that was said is one line that begins with error:."""
    lines = output.strip().split("\n")
    return len(lines) == 1 and lines[0].startswith("error: ")


def test_train_prints_the_model_each_epoch_and_what_to_do_next(files):
    _, run, output = files
    assert "SimpleRNN" in output
    assert "Epoch 2/2" in output
    assert f"saved in {run}; next:" in output
    assert (run / "learning_curve.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.long
def test_what_train_prints_to_do_next_works_as_it_is_printed(files, tmp_path):
    """Outside an activated environment, from a folder of the user's own."""
    data, _, _ = files
    start = [
        sys.executable,
        str(ROOT / "train.py"),
        "--data",
        str(data),
        "--out",
        "run",
    ]
    settings = {**os.environ, "PATH": "/usr/bin:/bin", "BROWSER": "true"}

    def shell(command):
        return subprocess.run(
            command, cwd=tmp_path, env=settings, capture_output=True, text=True
        )

    trained = shell([*map(str, start), "--epochs", "1", *tiny.TRAIN])
    assert trained.returncode == 0, trained.stderr
    told = trained.stdout.split("next:\n")[1].splitlines()
    assert [line.split()[-2:] for line in told] == [
        [str(ROOT / f"{name}.py"), "run"] for name in ("evaluate", "explore")
    ]
    for line in told:
        done = shell(["bash", "-c", line])
        assert done.returncode == 0, f"{line}: {done.stderr}"


def test_train_ends_with_the_same_words_in_two_orders(command, tmp_path):
    """The sample's words; a few steps, so that the verdicts may be anything."""
    code, output = command(
        *("train.py", "--data", "sample", "--epochs", 1, "--batch-size", 5_000),
        *("--out", tmp_path / "run", "--timesteps", 10),
    )
    assert code == 0, output
    end = output.split("the same words in two orders")[1]
    first, second = (line for line in end.splitlines()[1:3])
    assert sorted(first.split(": ")[1].split()) == sorted(second.split(": ")[1].split())
    assert first.split(": ")[1] != second.split(": ")[1]
    assert "0." in first
    assert "0." in second


def test_evaluate_prints_tables_or_one_json_object(files, command):
    data, run, _ = files
    code, output = command("evaluate.py", run, "--data", data, "--json")
    assert code == 0
    result = json.loads(output)
    assert 0 <= result["accuracy"] <= 1
    assert result["loss"] > 0
    assert sum(map(sum, result["confusion"])) == result["reviews"] == 20
    code, output = command("evaluate.py", run, "--data", data)
    assert code == 0
    assert f"{result['accuracy']:.4f}" in output


def test_predict_prints_probability_and_label(files, command):
    _, run, _ = files
    code, output = command("predict.py", run, "Word1, WORD2!", "word2 word40 nonsense")
    assert code == 0
    first, second, legend = output.strip().split("\n")
    assert first.endswith(": word1 word2")
    assert second.endswith(": word2 [word40] (nonsense)")
    assert legend.startswith("The number is the probability that the review is")
    code, output = command("predict.py", run, "word1 word2", "--json")
    said = json.loads(output)
    assert 0 <= said["probability"] <= 1
    assert said["label"] in ("negative", "positive")
    assert [word["token"] for word in said["words"]] == [4, 5]


def test_predict_reads_a_file_one_review_a_line(files, command, tmp_path):
    _, run, _ = files
    (tmp_path / "리뷰 하나.txt").write_text(
        "word1\n\nword2 영화 🎬\n", encoding="utf-8"
    )
    code, output = command(
        "predict.py", run, "--file", tmp_path / "리뷰 하나.txt", "--json"
    )
    assert code == 0
    assert len(output.strip().split("\n")) == 2


@pytest.mark.parametrize(
    ("review", "reason"),
    [
        ("연기는 별로였지만 이야기가 좋았다", "none of its words is in the vocabulary"),
        ("🎬", "none of its words is in the vocabulary"),
        ("word40 word39", "the model knows none of its words: they are too rare"),
        ("word40 nonsense", "the model knows none of its words: they are too rare"),
        ("", "it has no word"),
        (" ... ", "it has no word"),
    ],
)
def test_a_review_without_a_known_word_gets_no_score(files, command, review, reason):
    code, output = command("predict.py", files[1], review)
    assert code == 1
    assert refused(output)
    assert f"no score for this review: {reason}" in output
    code, output = command("predict.py", files[1], review, "word1", "--json")
    assert code == 1
    first, second, error = output.strip().split("\n")
    assert json.loads(first)["probability"] is json.loads(first)["label"] is None
    assert json.loads(first)["reason"].startswith(reason)
    assert 0 < json.loads(second)["probability"] < 1  # the others are not lost
    assert error.startswith("error: no score for 1 of 2 reviews (first: ")


@pytest.mark.long
def test_reviews_are_asked_for_in_a_terminal(files):
    pty = pytest.importorskip("pty")
    terminal, other_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "predict.py", files[1]],
        **{"stdin": other_end, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE},
        cwd=ROOT,
    )
    os.write(terminal, b"word1 word2\n\x04")
    output, error = process.communicate(timeout=120)
    assert process.returncode == 0
    assert error.startswith(b"Type reviews, one per line, and Ctrl-D at the end:")
    assert b": word1 word2" in output


@pytest.mark.long
@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (b"", "stdin holds no review"),
        (b"\n \n", "stdin holds no review"),
        (b"good\xff\xfe", "stdin is no UTF-8 text (byte 4)"),
        (b"a\0b", "stdin holds NUL bytes"),
        (b"a" * (bounds.MAX_REVIEWS_FILE + 1), "stdin has more than 16,777,216 bytes"),
        (b"a" * (bounds.MAX_REVIEW + 1), "a line of more than 100,000 characters"),
    ],
)
def test_case_44_stdin_that_is_no_review_is_refused(files, stdin, words):
    code, _, error = run_command("predict.py", files[1], stdin=stdin)
    assert code == 1
    assert words in error
    assert refused(error)


@needs_posix
@pytest.mark.long
def test_stdin_and_a_closed_pipe_are_fine(files):
    code, output, _ = run_command(
        "predict.py", files[1], "--json", stdin=b"word1\nword2"
    )
    assert code == 0
    assert len(output.strip().split("\n")) == 2
    many = b"word1\n" * 20_000
    shell = f"set -o pipefail; {sys.executable} predict.py {files[1]} | head -1"
    done = subprocess.run(
        ["bash", "-c", shell], input=many, capture_output=True, cwd=ROOT
    )
    assert done.returncode == 141  # cut short, and the shell can see it
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        # case 41: numbers out of range
        (("--epochs", 0), "--epochs 0: give an integer from 1 to 10,000"),
        (("--cells", 0), "--cells 0: give an integer from 1 to 1,024"),
        (("--cells", -3), "--cells -3: give an integer from 1 to 1,024"),
        (("--words", 10**30), "--words 1000000000000000000000000000000: give"),
        (("--batch-size", 0), "--batch-size 0"),
        (("--timesteps", 10**9), "--timesteps 1000000000"),
        (("--seed", -1), "--seed -1"),
        (("--epochs", "NaN"), "--epochs 'NaN': give an integer from 1 to 10,000"),
        (("--batch-size", "1e999"), "--batch-size '1e999': give an integer from 1"),
        (("--cells", "1.5"), "--cells '1.5': give an integer from 1 to 1,024"),
        # case 40: not a file
        on_posix(("--data", "/"), "/ is no regular file"),
        on_posix(("--data", "/dev/zero"), "/dev/zero is no regular file"),
        (("--data", "https://example.org/imdb.npz"), "does not exist"),
        (("--data", "hf://someone/imdb"), "does not exist"),
        (("--resume", "nowhere"), "nowhere is no run folder"),
        # case 43: an output that cannot be written
        on_linux(("--data", "sample", "--out", "/proc/run"), "cannot write /proc/run"),
        on_posix(("--data", "sample", "--out", "x" * 300), "File name too long"),
    ],
)
def test_case_40_41_43_wrong_values_are_refused_in_one_line(command, arguments, words):
    code, output = command("train.py", *arguments)
    assert code == 1
    assert words in output
    assert refused(output)


@pytest.mark.parametrize(
    "arguments",
    [
        ("train.py", "--nonsense"),
        ("train.py", "--model", "transformer"),
        ("train.py", "--edition", "NaN"),
        ("evaluate.py",),
        ("predict.py", "run", "--top", "3"),
    ],
)
def test_case_42_unknown_options_exit_with_2(command, arguments):
    code, output = command(*arguments)
    assert code == 2
    assert "usage:" in output
    assert "Traceback" not in output


@needs_posix
def test_case_40_fifo_is_refused_without_waiting_for_it(command, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for arguments in (
        ("train.py", "--data", tmp_path / "fifo"),
        ("predict.py", tmp_path, "--file", tmp_path / "fifo"),
    ):
        code, output = command(*arguments)
        assert code == 1
        assert "is no regular file" in output


def test_case_39_a_folder_in_use_is_not_overwritten(files, command):
    data, run, _ = files
    before = {file: file.read_bytes() for file in run.glob("*.*") if file.is_file()}
    code, output = command("train.py", "--data", data, "--out", run, *tiny.TRAIN)
    assert code == 1
    assert "exists already: name another one with --out" in output
    assert before == {file: file.read_bytes() for file in before}


def test_case_43_unicode_and_spaces_in_a_path_are_fine(files, command, tmp_path):
    data, _, _ = files
    run = tmp_path / "실행 폴더 🎬"
    code, output = command(
        "train.py", "--data", data, "--epochs", 1, "--out", run, *tiny.TRAIN
    )
    assert code == 0
    assert f"evaluate.py '{run}'" in output
    code, output = command("evaluate.py", run, "--data", data, "--json")
    assert code == 0
    assert "loss" in json.loads(output)


@needs_linux
@pytest.mark.long
@pytest.mark.parametrize(
    ("redirected", "code", "said"),
    [
        (">/dev/full", 1, "error: No space left on device: standard output (OSError"),
        (">&-", 0, ""),
        (">&- 2>&- <&-", 0, ""),
    ],
)
def test_case_43_full_or_closed_streams_are_clean(files, redirected, code, said):
    before = {file: file.read_bytes() for file in files[1].glob("*.*")}
    shell = f"{sys.executable} predict.py {files[1]} 'word1 word2' {redirected}"
    done = subprocess.run(shell, shell=True, capture_output=True, cwd=ROOT, text=True)
    assert done.returncode == code
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == code
    assert before == {file: file.read_bytes() for file in before}


@pytest.mark.long
def test_case_43_what_the_terminal_cannot_show_is_shown_in_ascii(files):
    code, output, error = run_command(
        "predict.py", files[1], "word1 영화", PYTHONIOENCODING="ascii"
    )
    assert code == 0, error
    assert r"(\uc601\ud654)" in output


@needs_posix
def test_an_error_is_one_line_whatever_a_name_holds(command):
    name = b"\x1b[31m\xff\n" + b"x" * 2_000
    code, output = command("predict.py", os.fsdecode(name), "word1")
    assert code == 1
    assert refused(output)
    assert output.startswith(r"error: cannot read \x1b[31m\udcff x")
    assert len(output) < 1_100


@pytest.mark.parametrize("name", ["train.py", "evaluate.py", "predict.py"])
def test_help_shows_defaults_and_examples(command, name):
    code, output = command(name, "--help")
    assert code == 0
    assert "examples:" in output
    assert f"python {name}" in output
    if name == "train.py":
        for model in models.REVIEW_MODELS:
            assert model in output
        assert "(default: 64)" in output


@pytest.mark.parametrize("name", commands.NAMES)
def test_outside_the_environment_a_command_says_so(name):
    """-S leaves out what is installed, as another Python than .venv's would."""
    done = subprocess.run(
        [sys.executable, "-S", f"{name}.py"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert refused(done.stderr)
    assert "has no keras, so this is not the environment" in done.stderr
    assert ".venv" in done.stderr or "make train" in done.stderr


def test_the_installed_command_starts_all_of_them():
    def chapter9(*arguments):
        return run_command("-m", "commands", *arguments)

    code, out, _ = chapter9("--help")
    assert code == 0
    assert all(name in out for name in commands.NAMES)
    code, out, _ = chapter9("evaluate", "--help")
    assert code == 0
    assert "chapter9 evaluate" in out
    for wrong in ((), ("nonsense",)):
        code, _, error = chapter9(*wrong)
        assert code == 2
        assert error.startswith("usage: chapter9 COMMAND")


@pytest.mark.long
def test_help_does_not_wait_for_keras():
    code, output, _ = run_command("-X", "importtime", "train.py", "--help")
    assert code == 0
    assert "examples:" in output
    _, _, imported = run_command("-X", "importtime", "train.py", "--help")
    assert "tensorflow" not in imported


@pytest.mark.long
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_train_runs_on_the_other_backends(files, tmp_path, backend):
    pytest.importorskip(backend)
    data, _, _ = files
    code, output, error = run_command(
        *("train.py", "--backend", backend, "--data", data, "--epochs", 1),
        *("--out", tmp_path / "run", *tiny.TRAIN),
    )
    assert code == 0, error
    assert f"{backend}: an epoch" in output
    code, output, error = run_command(
        "evaluate.py", tmp_path / "run", "--data", data, "--json"
    )
    assert code == 0, error
    code, output, error = run_command(
        "train.py", "--resume", tmp_path / "run", "--data", data
    )
    assert code == 0, error
    assert f"{backend}: an epoch" in output  # known before Keras is imported


def test_what_is_cut_off_is_what_the_network_does_not_read():
    """Five known words and one it does not know, at the front and among them."""
    keras.utils.set_random_seed(4)
    model = models.build("embedding", words=30, cells=3, timesteps=6)
    words = Vocabulary([f"w{i}" for i in range(20)])
    reviews = ["zz " + " zz ".join(f"w{i}" for i in range(n)) for n in (5, 6, 7, 9)]
    found = predict(model, words, reviews, timesteps=6, num_words=30)
    assert [one.cut_off for one in found] == [0, 0, 3, 7]
    for review, one in zip(reviews[2:], found[2:], strict=True):
        texts = review.split()
        for place in range(len(texts)):
            changed = " ".join([*texts[:place], "w19", *texts[place + 1 :]])
            if texts[place] == "zz":
                continue
            [other] = predict(model, words, [changed], timesteps=6, num_words=30)
            same = other.probability == pytest.approx(one.probability, abs=1e-7)
            assert same == (place < one.cut_off), (place, one)


def test_words_that_are_cut_off_are_shown_as_dots():
    words = Vocabulary(["a", "b", "c"]).read("a b zz c", 500)
    assert str(Prediction(0.7, words, cut_off=2)) == "... (zz) c"
    assert Prediction(0.7, words, 0).label == "positive"
    assert Prediction(0.5, words, 0).label == "negative"


@needs_posix
def test_case_75_train_ends_as_any_filter_when_its_reader_has_had_enough(
    files, tmp_path
):
    data, _, _ = files
    options = f"--data {data} --out {tmp_path / 'run'} {' '.join(tiny.TRAIN)}"
    line = f"{sys.executable} train.py {options} --epochs 1 | head -1; "
    line += 'echo "${PIPESTATUS[0]}"'
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, capture_output=True, text=True
    )
    first, code = done.stdout.splitlines()
    assert first.startswith("data: imdb")
    assert code in ("0", "141")  # 0 if it was written before head was gone
    assert "Traceback" not in done.stderr


def test_case_75_no_columns_are_not_taken_for_a_width(files):
    data, run, _ = files
    code, out, err = run_command("evaluate.py", run, "--data", data, COLUMNS="0")
    assert code == 0, err
    assert "accuracy" in out


@pytest.mark.long
@pytest.mark.parametrize("floatx", ["float64", "float16"])
def test_case_70_a_run_is_float32_whatever_keras_json_says(files, tmp_path, floatx):
    settings = {"floatx": floatx, "backend": "tensorflow", "epsilon": 1e-7}
    settings["image_data_format"] = "channels_last"
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    data, _, _ = files
    train = ("train.py", "--data", data, "--out", tmp_path / "run", *tiny.TRAIN)
    code, _, err = run_command(*train, "--epochs", 1, KERAS_HOME=str(tmp_path))
    assert code == 0, err
    code, _, err = run_command("predict.py", tmp_path / "run", "word1 word2")
    assert code == 0, err


@needs_posix
@pytest.mark.long
def test_case_80_ctrl_c_again_and_again_leaves_no_traceback(files, tmp_path):
    data, _, _ = files
    for i in range(20):
        log = tmp_path / f"log{i}"
        process = processes.start(
            *("train.py", "--data", data, "--out", tmp_path / f"run{i}"),
            *(*tiny.TRAIN, "--epochs", 10_000),
            log=log,
        )
        while not log.exists() or "data: " not in log.read_text():
            time.sleep(0.01)
            assert process.is_alive()
        time.sleep(i / 20)
        for _ in range(3):
            os.kill(process.pid, signal.SIGINT)
            time.sleep(0.004)
        process.join(60)
        assert process.exitcode == 130, log.read_text()
        assert "Traceback" not in log.read_text()


AT_AN_IMPORT = """
import runpy, signal, sys
left = int(sys.argv[1])
begun = False
def hook(event, arguments):
    global begun, left
    begun = begun or event == "import" and arguments[0] == "commands"
    left -= begun and event == "import"
    if begun and left == 0:
        left = -1
        signal.raise_signal(signal.SIGINT)
sys.addaudithook(hook)
sys.argv = ["train.py", "--help"]
runpy.run_path("train.py", run_name="__main__")
"""


@needs_posix
def test_case_80_ctrl_c_before_a_command_begins_leaves_no_traceback():
    """At each of the first imports, where the time goes, and at some later ones."""
    for n in (1, 2, 3, 4, 5, 6, 8, 12, 20, 40):
        code, _, error = run_command("-c", AT_AN_IMPORT, n)
        assert (code, error) == (130, ""), n
