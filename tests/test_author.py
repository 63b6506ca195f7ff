"""The author's runs in the package: those of his notebooks, and what follows."""

import json

import pytest

from before_keras import author, book
from before_keras.settings import Settings
from chapter9.figures.learning_curve import curve
from chapter9.inference.evaluation import Evaluation
from chapter9.inference.tables import evaluation_table, training_table
from chapter9.parameters import terms
from tests.conftest import ROOT

RERUNS = ROOT.parent / "shared" / "book" / "reruns.json"


def test_the_packages_runs_are_those_read_out_of_the_notebooks():
    if not RERUNS.exists():
        pytest.skip("no reruns.json beside this checkout")
    there = json.loads(RERUNS.read_text(encoding="utf-8"))
    runs = author.training_runs()
    assert len(runs) == len(there["training"]) == 63
    for run, expected in zip(runs, there["training"], strict=True):
        for name in ("edition", "section", "model", "words", "batch_size", "notebook"):
            assert getattr(run, name) == expected[name]
        epochs = [list(row) for row in zip(*run.history.values(), strict=True)]
        assert epochs == expected["epochs"]
        assert (run.best_epoch, run.epochs) == (
            expected["best_epoch"],
            expected["epochs_run"],
        )
        assert run.loss == expected["best"]["val_loss"]
        assert run.accuracy == expected["best"]["val_accuracy"]
        assert [vars(one) for one in run.printed] == [
            {
                "date": one["date"],
                "commit": one["commit"],
                "milliseconds": one["ms_per_step"],
            }
            for one in expected["runs"]
        ]
        assert run.note == expected.get("note", "")
    tests = author.test_results()
    assert [(t.edition, t.notebook, t.loss, t.accuracy) for t in tests] == [
        (t["edition"], t["notebook"], t["loss"], t["accuracy"]) for t in there["test"]
    ]


@pytest.mark.parametrize(
    ("model", "words", "dates", "epochs", "accuracy"),
    [
        ("one-hot", 300, "2023-03, 07", 39, 0.7456),
        ("one-hot", 300, "2023-11", 47, 0.7460),
        ("one-hot", 200, "2024-08; 2025-01", 84, 0.7320),
        ("lstm", 500, "2021-02, 04", None, None),
        ("lstm", 500, "2023-03, 07, 11", None, None),
        ("lstm", 500, "2021-08", 34, 0.7976),
        ("lstm", 500, "2022-01", 43, 0.8030),
        ("lstm", 500, "2024-08; 2025-01", 52, 0.7944),
    ],
)
def test_what_was_typed_wrong_once_is_right(model, words, dates, epochs, accuracy):
    [run] = [run for run in author.reruns(model, words, 1) if run.dates == dates]
    if epochs:  # of the others it was the date that was wrong
        assert (run.epochs, run.accuracy) == (epochs, accuracy)


def test_the_runs_that_were_left_out_once_are_there():
    """Those of 2020-10-11, with another embedding and batch, and those of 2025-01."""
    [first] = [run for run in author.training_runs() if run.embedding_size == 8]
    assert (first.dates, first.batch_size) == ("2020-10", 32)
    recurrent, output = terms.simple_rnn(8, 8), terms.dense(8, 1)
    counted = (*terms.embedding(500, 8), *recurrent, *output)
    assert sum(term.count for term in counted) == 4_145
    for section in ("9-2", "9-3"):
        dates = [r.dates for r in author.training_runs() if r.section == section]
        assert any("2025-01" in date for date in dates)


def test_the_second_edition_has_its_own_words_and_optimizer():
    runs = [run for run in author.training_runs() if run.edition == 2]
    words = {(run.model, run.words) for run in runs if run.section == "9-2"}
    assert words == {("one-hot", 200), ("embedding", 500)}
    assert {run.optimizer for run in runs if run.is_the_books} == {"adam"}


def test_test_results_before_save_best_only_are_of_the_last_epoch():
    results = author.tested("lstm-2-layers", 500, 1)
    of_last = [one.dates for one in results if one.is_of_last_epoch]
    assert of_last == ["2020-10, 11", "2021-02, 04"]
    evaluation = Evaluation(loss=0.43, accuracy=0.8, confusion=((1, 0), (0, 1)))
    settings = Settings(model="lstm-2-layers", cells=8)
    table = evaluation_table(settings, "imdb", evaluation)
    names = list(table.columns[0].cells)[1:]
    assert [name.endswith(", last epoch") for name in names] == [True] * 2 + [False] * 6


@pytest.mark.parametrize("dropout", [True, False])
def test_a_gru_that_an_older_version_trained_compares_with_none_of_his(dropout):
    """His of the 2nd edition has dropout, which those runs have not."""
    settings = Settings(model="gru", cells=8, edition=2, gru_dropout=dropout)
    history = {name: [0.5] for name in author.METRICS}
    table = training_table(settings, "imdb", history)
    his = len(author.reruns("gru", 500, 2))
    assert table.row_count == 1 + his * dropout
    assert len(curve("", history, settings, "imdb").author) == his * dropout


def test_the_second_editions_test_result_is_the_grus():
    assert [r.accuracy for r in author.tested("gru", 500, 2)] == [0.8072, 0.8190]
    assert author.tested("lstm-2-layers", 500, 2) == []
    assert len(author.tested("lstm-2-layers", 500, 1)) == 8


def test_runs_that_were_not_trained_as_the_book_says_are_no_reruns():
    """Batches of 32, eight numbers per word, or a hand that ended it."""
    odd = [run for run in author.training_runs() if not run.is_the_books]
    assert [
        (run.model, run.batch_size, run.embedding_size, run.note) for run in odd
    ] == [
        ("one-hot", 32, None, ""),
        ("embedding", 32, 8, ""),
        ("one-hot", 64, None, "interrupted by hand"),
    ]
    assert all(
        run not in author.reruns(run.model, run.words, run.edition) for run in odd
    )


def test_every_model_stands_in_a_version_that_trains_it():
    """The cell that book.py names is of a notebook whose runs are in the package."""
    for fact in book.MODELS:
        if fact.section != "own":
            there = (fact.source.notebook, fact.source.commit)
            trained = {
                (run.model, run.words, run.section)
                for run in author.training_runs()
                for version in run.printed
                if (run.notebook, version.commit) == there
            }
            assert (fact.name, fact.words, fact.section) in trained
    versions = {
        (run.notebook, version.commit)
        for run in author.training_runs()
        for version in run.printed
    }
    assert book.DATA_NOTEBOOK in versions


def test_dates_are_told_by_month_each_year_once():
    printed = [
        author.Printed(date, "", None)
        for date in ("2020-11-19", "2020-10-12", "2020-10-12", "2021-02-06")
    ]
    assert author.months(tuple(printed)) == "2020-10, 11; 2021-02"


def test_the_readmes_say_what_his_runs_reached():
    runs = [r for name in ("one-hot", "embedding") for r in author.reruns(name, 500, 1)]
    lowest, highest = (
        f"{pick(run.accuracy for run in runs):.3f}" for pick in (min, max)
    )
    assert len(runs) == 12
    english = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    korean = " ".join((ROOT / "README.ko.md").read_text(encoding="utf-8").split())
    said = "twelve runs of the one-hot and the embedding model together reached a"
    assert f"{said} validation accuracy of {lowest} to {highest}." in english
    said = "원-핫 모델과 임베딩 모델을 합쳐서 열두 번 실행한 결과의 검증 정확도는"
    assert f"{said} {lowest}에서 {highest} 사이" in korean
