"""Where a run stands among the author's: the words, the verdict, and the table."""

import pytest

from before_keras import language
from before_keras.settings import Settings
from before_keras.standing import (
    BETTER,
    WORSE,
    evaluations_beside,
    reruns_beside,
    standing,
)
from chapter9.inference import tables


def found(value, model="embedding", words=500, metric="loss"):
    settings = Settings(model=model, words=words, cells=8)
    return standing(metric, value, reruns_beside(settings, "imdb"))


@pytest.mark.parametrize(
    ("value", "verdict", "english", "korean"),
    [
        # Six reruns: 0.4575, 0.4581, 0.4607, 0.4633, 0.4703, 0.4746.
        (0.4574, BETTER, "better than all of the author's 6 runs", "6개 모두보다 좋음"),
        (0.4575, "ok", "better than 5 of the author's 6 runs", "6개 중 5개보다 좋음"),
        (0.4583, "ok", "better than 4 of the author's 6 runs", "6개 중 4개보다 좋음"),
        (0.4745, "ok", "better than 1 of the author's 6 runs", "6개 중 1개보다 좋음"),
        (
            0.4746,
            "ok",
            "as good as the worst of the author's 6 runs",
            "6개 중 가장 나쁜 것과 같음",
        ),
        (0.4747, WORSE, "worse than all of the author's 6 runs", "6개 모두보다 나쁨"),
    ],
)
def test_among_many_reruns_it_says_how_many_a_run_beats(
    value, verdict, english, korean
):
    one = found(value)
    assert (one.verdict, one.words.en) == (verdict, english)
    assert one.words.ko == f"지은이의 결과 {korean}"


@pytest.mark.parametrize(
    ("value", "verdict", "english", "korean"),
    [
        # One rerun, 0.5124; the spread of the six above is 0.0171.
        (0.4952, BETTER, "better than the author's run", "보다 좋음"),
        (0.5123, "ok", "better than the author's run", "보다 좋음"),
        (
            0.5295,
            "ok",
            "as good as the author's run, give or take 0.0171",
            "와 비슷함(±0.0171)",
        ),
        (0.5296, WORSE, "worse than the author's run", "보다 나쁨"),
    ],
)
def test_beside_a_single_rerun_it_says_the_tolerance(value, verdict, english, korean):
    one = found(value, words=300)
    assert (one.verdict, one.words.en) == (verdict, english)
    assert one.words.ko == f"지은이의 결과{korean}"


def test_a_higher_accuracy_is_better_and_a_lower_loss():
    assert found(0.9, metric="accuracy").beaten == 6
    assert found(0.9).beaten == 0


def test_figures_are_compared_with_the_digits_that_the_author_printed():
    assert found(0.457549).beaten == 5  # 0.4575, as one of his


@pytest.mark.parametrize(
    ("options", "data"),
    [({}, "sample"), ({"words": 123}, "imdb"), ({"timesteps": 50}, "imdb")],
)
def test_a_run_of_another_kind_stands_beside_none(options, data):
    settings = Settings(model="gru", **options)
    assert reruns_beside(settings, data) == []
    assert evaluations_beside(settings, data) == []
    assert tables.training_table(settings, data, HISTORY).caption is None


# The table after training.

HISTORY = {
    "loss": [0.6, 0.5, 0.4],
    "accuracy": [0.6, 0.7, 0.8],
    "val_loss": [0.6, 0.45829, 0.47],
    "val_accuracy": [0.6, 0.7842, 0.79],
}
CAPTIONS = {
    "en": "validation loss 0.4583: better than 4 of the author's 6 runs\n"
    "validation accuracy 0.7842: better than 2 of the author's 6 runs",
    "ko": "검증 손실 0.4583: 지은이의 결과 6개 중 4개보다 좋음\n"
    "검증 정확도 0.7842: 지은이의 결과 6개 중 2개보다 좋음",
}


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_the_table_says_where_the_run_stands(spoken, monkeypatch):
    monkeypatch.setattr(language, "_spoken", spoken)
    settings = Settings(model="embedding", cells=8)
    table = tables.training_table(settings, "imdb", HISTORY)
    assert table.caption == CAPTIONS[spoken]
    assert table.row_count == 1 + 6


def test_the_table_says_how_many_neurons_the_authors_runs_have():
    table = tables.training_table(Settings(), "imdb", HISTORY)
    [this_run, *his] = table.columns[0].cells
    assert "10 neurons" in this_run
    assert len(his) == 6
    assert all("8 neurons" in name for name in his)
