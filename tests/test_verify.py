"""verify.py: every line holds; a wrong fact or a broken layer fails its own line."""

import dataclasses
import functools
import io
import json
import re
from types import SimpleNamespace

import keras
import pytest
from keras import ops
from rich.cells import cell_len
from rich.console import Console

import models
import verification
from before_keras import author, book, language, questions
from before_keras.language import Text, word
from before_keras.settings import Settings
from chapter9 import SimpleRNN
from chapter9.run_folder.history import METRICS
from chapter9.run_folder.run import Run
from models.recurrent_layers import LAYERS
from tests.conftest import run_command
from verification import (
    experiments,
    gates,
    networks,
    report,
    results,
    section_9_1,
    section_9_3,
)
from verification.line import Line


def failing(lines):
    """The English claims of the lines that fail."""
    return {line.claim.en for line in lines if line.holds is False}


def other(value):
    """A fact of the same kind that is not true."""
    if isinstance(value, tuple):
        return (*value[:-1], other(value[-1]))
    return f"{value}?" if isinstance(value, str) else value + 1


@pytest.fixture
def built_once(monkeypatch):
    """What does not change from test to test is built and run once for all of them."""
    for module, name, run in RUN_ONCE:
        monkeypatch.setattr(module, name, run)
    for section, experiments_of in EXPERIMENTS_ONCE:
        monkeypatch.setattr(section, "EXPERIMENTS", experiments_of)


RUN_ONCE = [
    (module, name, functools.cache(getattr(module, name)))
    for module, name in (
        (models, "build"),
        (gates, "each_equation"),
        (experiments, "equation"),
    )
]
EXPERIMENTS_ONCE = [
    (section, {n: functools.cache(run) for n, run in section.EXPERIMENTS.items()})
    for section in (section_9_1, section_9_3)
]


# The chapter as it stands.


@pytest.mark.parametrize("section", ["9-1", "9-3", "own"])
def test_every_line_of_the_section_holds(section):
    lines = verification.lines([section])
    assert lines
    assert failing(lines) == set()


def test_every_fact_of_the_data_holds(imdb_corpus):
    lines = verification.lines(["9-2"], imdb_corpus)
    assert len(lines) == 20
    assert failing(lines) == set()


def test_without_imdb_the_facts_of_the_data_are_skipped_and_no_pass():
    skipped = [line for line in verification.lines(["9-2"]) if line.holds is None]
    assert len(skipped) == 8
    assert {line.mark for line in skipped} == {"skipped: no data"}
    counted = report.Report(tuple(skipped)).as_dict()
    assert (counted["hold"], counted["fail"], counted["skipped"]) == (0, 0, 8)


def test_the_sections_of_the_command_are_those_of_the_verification():
    from commands import verify

    options = {
        a.dest: a for a in verify.parser()._mutually_exclusive_groups[0]._group_actions
    }
    assert tuple(options["section"].choices) == tuple(verification.SECTIONS)


# A wrong fact fails on its line, and on no other.


@pytest.mark.parametrize("number", range(1, 11))
def test_a_wrong_value_of_a_claim_fails_that_claim(number, built_once, monkeypatch):
    claims = [
        dataclasses.replace(claim, value=other(claim.value))
        if claim.number == number
        else claim
        for claim in book.CLAIMS
    ]
    monkeypatch.setattr(book, "CLAIMS", tuple(claims))
    (claim,) = failing(section_9_1.lines())
    assert claim.startswith(f"{number}. ")


@pytest.mark.parametrize("field", ["layers", "shapes"])
@pytest.mark.parametrize("place", range(len(book.MODELS)))
def test_a_wrong_fact_of_a_model_fails_its_line(place, field, built_once, monkeypatch):
    fact = book.MODELS[place]
    wrong = dataclasses.replace(fact, **{field: other(getattr(fact, field))})
    facts = [
        wrong if f is fact else f for f in book.MODELS if f.section == fact.section
    ]
    monkeypatch.setattr(book, "MODELS", tuple(facts))
    lines = verification.lines([fact.section])
    (claim,) = failing(lines)
    assert claim.endswith(
        {"layers": ": parameters", "shapes": ": output shapes"}[field]
    )
    assert str(fact.words) in claim
    assert f"({fact.cells}" in claim


@pytest.mark.parametrize("biases", [1, 2])
def test_a_wrong_count_of_gru_fails_its_line(biases, built_once, monkeypatch):
    monkeypatch.setitem(book.GRU_BY_BIASES, biases, 601)
    (claim,) = failing(verification.lines(["9-3"]))
    assert {1: "one bias", 2: "two biases"}[biases] in claim


@pytest.mark.parametrize("cell", book.GATE_PARAMETERS)
def test_a_wrong_count_of_a_gate_fails_its_lines(cell, built_once, monkeypatch):
    monkeypatch.setitem(book.GATE_PARAMETERS, cell, 199)
    claims = failing(verification.lines(["9-3"]))
    called = cell.replace("(", "(8, ") if "(" in cell else f"{cell}(8)"
    gates_of = 4 if cell == "LSTM" else 3
    assert len(claims) == gates_of
    assert all(claim.startswith(f"{called}, ") for claim in claims)


@pytest.mark.parametrize(
    ("fact", "claim"),
    [
        ("REVIEWS", "IMDB: reviews to train and to test on"),
        ("FIRST_LENGTHS", "tokens of the first two reviews"),
        ("FIRST_LABELS", "labels of the first reviews"),
        ("MEAN_LENGTH", "mean length of the 20,000 reviews"),
        ("MEDIAN_LENGTH", "median length of the 20,000 reviews"),
        ("ONE_HOT_BYTES", "bytes of the one-hot rows / of the ids"),
        ("TOKEN_BYTES", "bytes of the one-hot rows / of the ids"),
    ],
)
def test_a_wrong_fact_of_the_data_fails_its_line(fact, claim, imdb_corpus, monkeypatch):
    monkeypatch.setattr(book, "MODELS", ())
    monkeypatch.setattr(book, fact, other(getattr(book, fact)))
    assert failing(verification.lines(["9-2"], imdb_corpus)) == {claim}


def test_a_wrong_split_fails_the_lines_that_state_it(imdb_corpus, monkeypatch):
    monkeypatch.setattr(book, "MODELS", ())
    monkeypatch.setattr(book, "SPLIT", (20_001, 4_999))
    assert failing(verification.lines(["9-2"], imdb_corpus)) == {
        "train_test_split: to train and to validate on",
        "the last 100 tokens of each, zeros in front (pad_sequences)",
    }


# A broken layer fails the claims that it contradicts, and no other.


class DiagonalRecurrentKernel(SimpleRNN):
    """A neuron's hidden state reaches that neuron only."""

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape)
        self.recurrent_kernel.assign(self.recurrent_kernel * ops.eye(self.units))


class FirstStateOfOnes(SimpleRNN):
    """h_0 = 1."""

    def get_initial_state(self, batch_size):
        return [ops.ones((batch_size, self.units))]


class NoBias(SimpleRNN):
    """A layer without b."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "use_bias": False})


class BiasNotAdded(SimpleRNN):
    """b is there, and counted, and left out of the equation."""

    def _input_bias(self):
        return 0 * super()._input_bias()


class WeightsOfItsOwnForEachTimestep(SimpleRNN):
    """W_x, W_h and b of timestep t are used at timestep t only."""

    def build(self, sequences_shape, initial_state_shape=None):
        timesteps = sequences_shape[1] or 1
        self.steps = [
            SimpleRNN(
                self.units,
                kernel_initializer=self.kernel_initializer,
                recurrent_initializer=self.recurrent_initializer,
                bias_initializer=self.bias_initializer,
            )
            for _ in range(timesteps)
        ]
        for step in self.steps:
            step.build((None, 1, sequences_shape[-1]))

    def call(self, sequences, initial_state=None):
        states = [initial_state]
        for t in range(sequences.shape[1]):
            states.append(
                self.steps[t](sequences[:, t : t + 1], initial_state=states[-1])
            )
        if self.return_state:
            return states[-1], states[-1]
        return ops.stack(states[1:], 1) if self.return_sequences else states[-1]


class AnyRank(SimpleRNN):
    """Takes a sentence without the axis of the samples."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.input_spec = None

    def __call__(self, sequences, **kwargs):
        if len(sequences.shape) == 2:
            sequences = ops.convert_to_tensor(sequences)[None]
        return super().__call__(sequences, **kwargs)


class FirstHiddenState(SimpleRNN):
    """Outputs the first timestep's hidden state instead of the last one's."""

    def call(self, sequences, initial_state=None):
        if not self.return_sequences:
            sequences = sequences[:, :1]
        return super().call(sequences, initial_state)


class LastStateAtEveryTimestep(SimpleRNN):
    """With return_sequences, repeats the last hidden state."""

    def call(self, sequences, initial_state=None):
        output = super().call(sequences, initial_state)
        if self.return_sequences:
            return ops.zeros_like(output) + output[:, -1:]
        return output


class OutputIsNoState(SimpleRNN):
    """The state it returns beside its output is another one."""

    def call(self, sequences, initial_state=None):
        output = super().call(sequences, initial_state)
        return (output[0], 2 * output[1]) if self.return_state else output


class WordsPooled(SimpleRNN):
    """Sorts the words first, and so forgets their order."""

    def call(self, sequences, initial_state=None):
        return super().call(ops.sort(sequences, axis=1), initial_state)


class AsManyUnitsAsFeatures(SimpleRNN):
    """Confuses the size of what it puts out with that of what it takes."""

    def build(self, sequences_shape, initial_state_shape=None):
        self.units = sequences_shape[-1]
        super().build(sequences_shape)


class OneTimestepPerSeries(SimpleRNN):
    """Takes a time series, which has one number per timestep, for a single one."""

    def call(self, sequences, initial_state=None):
        if sequences.shape[-1] == 1:
            return super().call(sequences[:, :1], initial_state)
        return super().call(sequences, initial_state)


@pytest.mark.parametrize(
    ("layer", "contradicted"),
    [
        (DiagonalRecurrentKernel, {3}),
        (FirstStateOfOnes, {1}),
        (BiasNotAdded, {1}),
        (NoBias, {1, 2, 4, 8}),  # "+ b", and the counts with 3 and 10 biases
        (WeightsOfItsOwnForEachTimestep, {1, 4, 8}),  # one W; 1,110 at 20 timesteps
        (AnyRank, {5}),
        (FirstHiddenState, {6, 10}),  # it knows one word's place
        (LastStateAtEveryTimestep, {1, 6, 7}),  # every h_t but the last is wrong
        (OutputIsNoState, {9}),
        (WordsPooled, {1, 4, 7, 10}),  # steps in another order are other steps
        (AsManyUnitsAsFeatures, {2, 4, 6, 7, 8}),
        (OneTimestepPerSeries, {5}),
    ],
)
def test_a_broken_layer_fails_the_claims_it_contradicts(
    layer, contradicted, monkeypatch
):
    monkeypatch.setitem(LAYERS, "custom", SimpleNamespace(SimpleRNN=layer))
    values = {claim.number: claim.value for claim in book.CLAIMS}
    found = {n: run("custom") for n, run in section_9_1.EXPERIMENTS.items()}
    assert {n for n in values if found[n] != values[n]} == contradicted


# So does a broken network around a layer.


def output_layer(classes, activation):
    """The network of claim 8 with that activation after its sums."""

    def build(name, layer, **options):
        model = models.section_9_1.prediction(layer, **options)
        if options.get("classes", 2) == classes:
            model.layers[-1].activation = activation
        return model

    return build


@pytest.mark.parametrize(
    ("classes", "activation"),
    [
        (2, keras.activations.linear),
        (2, keras.activations.tanh),
        (2, keras.activations.hard_sigmoid),
        (2, keras.activations.softmax),  # of one neuron: always 1
        (3, keras.activations.linear),
        (3, keras.activations.sigmoid),
    ],
)
def test_an_output_that_is_no_sigmoid_or_softmax_fails_its_claim(
    classes, activation, monkeypatch
):
    assert networks.prediction("builtin") == "1,110 + 11"
    monkeypatch.setattr(models, "build", output_layer(classes, activation))
    found = networks.prediction("builtin")
    assert found.startswith(f"{classes} classes: off by ")


def numbered(words):
    """Each word by its place, so that none is the same in another one."""
    return words * (1 + ops.arange(words.shape[1], dtype="float32")[:, None])


class NoActivation(keras.layers.Dense):
    """Passes the weighted sums on."""

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias


class OtherWeightsInEachPlace(keras.layers.Conv1D):
    """A convolution that does not move along with its input."""

    def call(self, inputs):
        return numbered(super().call(inputs))


class KernelOfOneWord(keras.layers.Conv1D):
    """A convolution that does not see a word's neighbour."""

    def __init__(self, filters, kernel_size, **options):
        super().__init__(filters, 1, **options)


class KnowsPlaces(keras.layers.Dense):
    """A dense layer that is told where a word stands."""

    def call(self, inputs):
        return super().call(numbered(inputs))


class KernelOfAllWords(keras.layers.Conv1D):
    """A convolution that sees as many words as there are."""

    def call(self, inputs):
        return ops.cumsum(inputs, axis=1)


@pytest.mark.parametrize(
    ("name", "layer", "experiment", "found"),
    [
        (
            "Dense",
            NoActivation,
            networks.names,
            "another output, feature map, hidden state",
        ),
        (
            "Conv1D",
            OtherWeightsInEachPlace,
            networks.names,
            "activation, another output, hidden state",
        ),
        ("Dense", KnowsPlaces, networks.order, "yes, within its kernel, yes"),
        ("Conv1D", KernelOfOneWord, networks.order, "no, no, yes"),
        ("Conv1D", KernelOfAllWords, networks.order, "no, yes, yes"),
    ],
)
def test_a_broken_network_fails_what_is_said_of_it(
    name, layer, experiment, found, monkeypatch
):
    monkeypatch.setattr(keras.layers, name, layer)
    assert experiment("builtin") == found


def test_unshared_weights_are_counted_beside_shared_ones():
    """4 inputs, 3 neurons: 24; 20 timesteps with weights of their own have 480."""
    inputs, units = book.WEIGHTS_DIAGRAM
    own = WeightsOfItsOwnForEachTimestep(units)
    own.build((1, experiments.TIMESTEPS[-1], inputs))
    assert experiments.sharing("builtin") == f"24 < 20 x 24 = {own.count_params()}"


# A run beside the author's reruns.


@pytest.fixture
def run(tmp_path):
    """A folder as train.py leaves it, without the model."""

    def make(loss, accuracy, data="imdb", **settings):
        reviews = {"name": data, "fingerprint": "", "vocabulary": ""}
        run = Run(tmp_path, Settings(**settings), reviews)
        written = {"settings": dataclasses.asdict(run.settings), "data": run.data}
        (tmp_path / "settings.json").write_text(json.dumps(written))
        losses, accuracies = [0.69, loss], [0.5, accuracy]
        run.save_history(dict(zip(METRICS, (losses, accuracies) * 2, strict=True)))
        return tmp_path

    return make


def test_a_run_within_the_authors_reruns_holds(run):
    lines = results.lines(run(0.46, 0.79))
    assert [line.mark for line in lines] == ["ok", "ok"]
    assert [line.book for line in lines] == ["0.4447 - 0.4765", "0.7790 - 0.7944"]
    assert [line.custom for line in lines] == ["0.4600", "0.7900"]
    assert [line.as_dict()["remark"] for line in lines] == [
        "better than 3 of the author's 6 runs",
        "better than 3 of the author's 6 runs",
    ]


def test_it_says_if_the_authors_have_another_number_of_neurons(run):
    sources = [
        line.as_dict()["source"]
        for cells in (8, 10)
        for line in results.lines(run(0.46, 0.79, cells=cells))
    ]
    assert sources == ["6 reruns"] * 2 + ["6 reruns, 8 neurons"] * 2


def test_the_best_epoch_is_the_one_compared(run):
    path = run(0.70, 0.79)
    assert results.lines(path)[0].custom == "0.6900"


@pytest.mark.parametrize(
    ("loss", "accuracy", "mark", "holds"),
    [
        (0.50, 0.70, "worse than all", False),
        (0.40, 0.85, "better than all", True),
    ],
)
def test_a_run_outside_the_authors_reruns_says_on_which_side(
    loss, accuracy, mark, holds, run
):
    lines = results.lines(run(loss, accuracy))
    assert [line.mark for line in lines] == [mark, mark]
    assert [line.holds for line in lines] == [holds, holds]


# The author's one rerun with 300 words: 0.5124 and 0.7500. His six with 500, 0.4575 to
# 0.4746 and 0.7822 to 0.7934, lie 0.0171 and 0.0112 apart.
@pytest.mark.parametrize(
    ("loss", "accuracy", "mark"),
    [
        (0.5295, 0.7388, "ok"),
        (0.4953, 0.7612, "ok"),
        (0.5296, 0.7387, "worse than all"),
        (0.4952, 0.7613, "better than all"),
    ],
)
def test_beside_a_single_rerun_the_spread_of_many_decides(loss, accuracy, mark, run):
    lines = results.lines(run(loss, accuracy, model="embedding", cells=8, words=300))
    assert [line.mark for line in lines] == [mark, mark]
    assert [line.book for line in lines] == ["0.5124 ± 0.0171", "0.7500 ± 0.0112"]
    assert [line.as_dict()["source"] for line in lines] == ["1 rerun", "1 rerun"]


def test_different_reruns_are_widened_to_the_spread_of_many(run):
    lines = results.lines(run(0.54, 0.74, model="one-hot", words=300))
    assert lines[0].book == "0.5139 - 0.5195 ± 0.0262"
    assert [line.mark for line in lines] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"data": "sample"}, "skipped: trained on the sample"),
        ({"words": 400}, "skipped: the author printed none"),
        (
            {"model": "gru", "edition": 2, "gru_dropout": False},
            "skipped: trained without dropout, the author's with it",
        ),
        ({"timesteps": 50}, "skipped: 50 timesteps, the author's have 100"),
    ],
)
def test_a_run_of_another_kind_is_skipped(options, reason, run):
    lines = results.lines(run(0.46, 0.79, **options))
    assert [line.mark for line in lines] == [reason, reason]
    assert [line.holds for line in lines] == [None, None]


def test_a_wrong_figure_of_the_author_moves_the_range(run, monkeypatch):
    columns = {"val_loss": (0.1,) * 100}
    wrong = [
        dataclasses.replace(run, history=run.history | columns)
        for run in author.training_runs()
    ]
    monkeypatch.setattr(author, "training_runs", lambda: tuple(wrong))
    loss, accuracy = results.lines(run(0.46, 0.79))
    assert (loss.mark, accuracy.mark) == ("worse than all", "ok")


# The table, and the command.


@pytest.fixture(scope="module")
def chapter():
    """All lines, without IMDB."""
    return tuple(verification.lines())


@pytest.fixture(params=["without IMDB", "with IMDB"])
def every_line(request, chapter):
    if request.param == "without IMDB":
        return chapter
    facts = verification.lines(["9-2"], request.getfixturevalue("imdb_corpus"))
    others = [line for line in chapter if line.section != "9-2"]
    return (*others[:10], *facts, *others[10:])


@pytest.mark.parametrize("language", language.LANGUAGES)
def test_the_chapter_fits_80_columns_with_no_word_broken(language, every_line):
    table = report.Report(every_line, language)
    lines = str(table).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert 79 < len(lines) <= 135
    unbroken = " ".join(line.plain for line in table.__rich__().lines(10_000))
    assert str(table).split() == unbroken.split()


@pytest.mark.parametrize("language", language.LANGUAGES)
def test_every_claim_value_and_mark_is_there(language, every_line):
    table = report.Report(every_line, language)
    text = " ".join(str(table).split())
    for line in every_line:
        claim = " ".join(without_topic(line, language).split())
        assert all(part in text for part in claim.split(": "))
        for value in (line.topic, line.source, line.steps, line.book):
            assert table._said(value) in text
    counted = table.as_dict()
    pairs, gates_in_one = len(book.MODELS), (4 - 1) + 2 * (3 - 1)
    entries = counted["hold"] - pairs - gates_in_one
    marks = [row.split("  ")[0] for row in str(table).splitlines()]
    assert marks.count(word("ok", language)) == entries
    assert marks.count(word("skipped", language)) == counted["skipped"]
    assert counted["fail"] == 0


@pytest.mark.parametrize("language", language.LANGUAGES)
def test_each_value_stands_beside_its_claim(language, chapter):
    lines = [with_value(line, f"value{n}") for n, line in enumerate(chapter)]
    text = " ".join(str(report.Report(tuple(lines), language)).split())
    parts = re.split(r"(value\d+)", text)
    in_front = dict(zip(parts[1::2], parts[::2], strict=False))
    assert len(in_front) == len(parts) // 2 == len(lines)
    for line in lines:
        claim = " ".join(without_topic(line, language).split())
        assert claim in in_front[line.book]


def with_value(line, value):
    """The line as if everything came to that value."""
    found = dict.fromkeys(("book", "custom", "builtin"), value)
    formula = value if line.formula else ""
    return dataclasses.replace(line, **found, formula=formula, verdict="")


def without_topic(line, language):
    """What the line says where its topic is a heading."""
    return line.claim.in_language(language).removeprefix(line.topic).lstrip(",: ")


def test_lines_of_one_kind_and_value_are_one_line_below_their_value(chapter):
    text = str(report.Report(chapter)).splitlines()
    place = next(n for n, x in enumerate(text) if x.startswith("LSTM(8), computed"))
    assert text[place].endswith("  16 x 8 + 8 x 8 + 8 = 200")
    assert text[place + 1] == (
        "ok  input gate i, forget gate f, candidate g, output gate o: parameters (each)"
    )


@pytest.mark.parametrize("language", language.LANGUAGES)
def test_a_line_that_fails_is_spelt_out(language, chapter):
    for line in chapter:
        wrong = dataclasses.replace(line, custom="12 apples", verdict="")
        lines = tuple(wrong if x is line else x for x in chapter)
        table = report.Report(lines, language)
        [fails] = re.findall(
            rf"\n{word('FAIL', language)}  .*?(?=\n\S)", str(table), re.S
        )
        text = " ".join(fails.split())
        for value in (wrong.book, wrong.formula, wrong.custom, wrong.builtin):
            assert table._said(value) in text
        assert without_topic(line, language) in text


@pytest.mark.parametrize(
    "field",
    ["section", "source", "cell", "book", "formula", "custom", "builtin", "steps"],
)
def test_nothing_of_a_line_is_lost(field, chapter):
    for line in chapter:
        changed = dataclasses.replace(line, **{field: "12 apples"})
        assert "12 apples" in str(report.Report((changed,))).replace("\n", "")


@pytest.mark.parametrize(
    ("language", "mark"), [("en", "computed"), ("ko", "계산한 값")]
)
def test_a_value_that_no_source_prints_is_marked(language, mark, chapter):
    for line in chapter:
        for computed in (True, False):
            changed = dataclasses.replace(line, computed=computed)
            assert changed.as_dict()["computed"] is computed
            for book_value in (line.book, "another"):
                one = dataclasses.replace(changed, book=book_value)
                assert (mark in str(report.Report((one,), language))) is computed


def test_computed_is_what_neither_the_book_nor_a_notebook_prints(chapter):
    """All others have a page, an article, or the cell of a notebook."""
    computed = {line.claim.en for line in chapter if line.computed}
    claims = {claim.number: claim.english for claim in book.CLAIMS}
    assert computed == {
        *(f"{number}. {claims[number]}" for number in (4, 6, 7, 8, 10)),
        *(f"{cell}: {claims[n]}" for cell in ("LSTM", "GRU") for n in (4, 6, 7)),
        *(line.claim.en for line in chapter if line.section == "own"),
        *(line.claim.en for line in chapter if "dropout" in line.claim.en),
        *(x.claim.en for x in chapter if re.search(r" [a-z]: parameters", x.claim.en)),
        "GRU(8, reset_after=False): one bias per gate, as GRU is often drawn",
    }
    for line in chapter:
        assert line.source or line.computed
        assert bool(line.cell) == (".ipynb " in line.source)
        assert not line.cell or re.fullmatch(r"In (\[\d+\](, )?)+", line.cell)


def test_what_keras_has_not_is_said():
    line = Line("9-2", "notebook", Text("mean", "평균"), book="7", custom="7")
    assert "7 (no built-in)" in str(report.Report((line,)))
    assert "7 (케라스에는 없음)" in str(report.Report((line,), "ko"))


def test_a_terminal_gets_the_same_text_with_colours(chapter):
    for width in (80, 200):
        screen = Console(
            file=io.StringIO(),
            force_terminal=True,
            width=width,
            color_system="standard",
        )
        screen.print(report.Report(chapter))
        shown = screen.file.getvalue()
        assert "\x1b[32mok" in shown
        plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
        assert [x.rstrip() for x in plain.splitlines()] == str(
            report.Report(chapter)
        ).splitlines()


NAMES = {
    *("IMDB", "SimpleRNN", "LSTM", "GRU", "Embedding", "Dense", "Flatten", "one-hot"),
    *("dropout", "reset_after", "True", "False", "pad_sequences", "tanh", "sigmoid"),
    *("Gers", "Cho", "et", "al", "own", "am", "boy"),
    *("hg-mldl", "ipynb", "github", "com", "rickiepark"),
    *("docs", "questions", "ko", "md", "gru"),
}


def test_the_korean_text_has_no_english_but_names(every_line):
    text = str(report.Report(every_line, "ko"))
    words = set(re.findall(r"[A-Za-z][A-Za-z_-]+[A-Za-z]", text)) - NAMES
    assert {word for word in words if not re.fullmatch(r"[a-zW]_[a-z]+", word)} == set()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_report_leads_to_the_question_of_a_line_and_to_no_other(
    every_line, language
):
    place = questions.GRU_PARAMETERS.in_language(language)
    with_it = [line for line in every_line if line.book == "624"]
    without = [line for line in every_line if line.book != "624"]
    said = [str(report.Report(tuple(lines), language)) for lines in (with_it, without)]
    assert place in said[0]
    assert "docs/questions" not in said[1]


@pytest.mark.long
def test_command_in_a_pipe_is_plain_text_and_exits_with_0(tmp_path):
    code, out, err = run_command("verify.py", "--section", "9-1")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    lines = out.splitlines()
    assert lines[0] == "Section 9-1, p. 486-497"
    assert sum(line.endswith("(computed)") for line in lines) == 5
    assert sum(line.startswith("ok  ") for line in lines) == 10
    assert lines[-1] == "10 hold, 0 fail, 0 skipped"


@pytest.mark.long
def test_command_covers_the_chapter_with_the_data_as_json(imdb_path):
    code, out, err = run_command("verify.py", "--json", "--data", imdb_path)
    assert (code, err) == (0, "")
    verified = json.loads(out)
    assert (verified["hold"], verified["fail"], verified["skipped"]) == (79, 0, 0)
    [lengths] = [x for x in verified["lines"] if "tokens of the" in x["claim"]["en"]]
    assert lengths["source"] == "hg-mldl2/09-2.ipynb 1c2260a"
    assert (lengths["cell"], lengths["computed"]) == ("In [4], [5]", False)


@pytest.mark.long
def test_command_exits_with_1_if_a_line_fails(run):
    path = run(0.50, 0.70)
    code, out, _ = run_command("verify.py", "--results", path, "--lang", "ko")
    assert code == 1
    assert out.splitlines()[-1] == "맞음 0, 틀림 2, 건너뜀 0"
    assert "docs/questions.ko.md#왜-책과-정확도가-다른가요" in out


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "mark"),
    [
        ("en", "(better than all of the author's 6 runs)"),
        ("ko", "(지은이의 결과 6개 모두보다 좋음)"),
    ],
)
def test_command_passes_what_is_better_than_all(language, mark, run):
    path = run(0.40, 0.85)
    code, out, err = run_command("verify.py", "--results", path, "--lang", language)
    assert (code, err) == (0, "")
    assert out.count(mark) == 2
    assert max(map(cell_len, out.splitlines())) <= 80


@pytest.mark.long
def test_command_names_data_that_cannot_be_used(tmp_path):
    code, out, err = run_command("verify.py", "--data", tmp_path / "none.npz")
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "none.npz does not exist" in err


def test_command_refuses_an_unknown_section_with_2():
    code, _, err = run_command("verify.py", "--section", "9-4")
    assert code == 2
    assert "9-4" in err
