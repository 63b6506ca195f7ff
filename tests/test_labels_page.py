"""The page of a run with more than two labels: its softmax is Keras's."""

import keras
import numpy as np
import pytest

from chapter9.data.reviews import Reviews
from chapter9.data.text import START, known_tokens
from tests import labels, own
from tests.browser import opened_page
from tests.test_own_page import make_run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TOPICS, STARS, TWO = range(3)
REVIEW = "news 7 of the match and goal and border"
NUMBERS = """([index, reviews]) => reviews.map((review) =>
  Array.from(read(index, review).trace.outputs.at(-1)))"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run with three labels, a run of two layers with five, and one with two."""
    folder = tmp_path_factory.mktemp("runs")
    files = (
        (own.write(folder / "topics.csv", labels.topics()), "embedding"),
        (own.write(folder / "stars.csv", labels.stars()), "lstm-2-layers"),
        (own.write(folder / "two.csv"), "one-hot"),
    )
    return [make_run(folder / f.stem, f, "words", model) for f, model in files]


@pytest.fixture(scope="module")
def opened(runs, tmp_path_factory):
    with opened_page(tmp_path_factory.mktemp("page"), *runs) as shown:
        yield shown
        assert shown.errors == []


@pytest.fixture
def chosen(opened):
    """The page with a run chosen and a review written."""

    def choose(index, review=REVIEW):
        opened.run("() => { stop(); start(); }")
        opened.run(f"() => chooseRun({index})")
        opened.write(review)
        return opened

    return choose


@pytest.mark.parametrize("index", [TOPICS, STARS])
def test_the_softmax_in_the_browser_is_kerass(opened, runs, index):
    run, model = runs[index]
    rows = (labels.topics if index == TOPICS else labels.stars)(30, seed=5)
    reviews = [text for text, _ in rows]
    read = [run.vocabulary.read(text, run.settings.words) for text in reviews]
    encoded = Reviews.from_lists(
        [[START, *known_tokens(words)] for words in read], np.zeros(len(read))
    )
    x = encoded.crop_and_pad(run.settings.timesteps, run.settings.words)
    expected = model.predict(x, verbose=0)
    found = np.array(opened.run(NUMBERS, [index, reviews]))
    assert found.shape == (30, len(run.labels))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize("index", [TOPICS, STARS])
def test_influence_and_equation_are_of_the_predicted_label(opened, index):
    """The gradient against a difference: all numbers of one word, 1e-6 larger."""
    review = "film 3 bad good bad" if index == STARS else REVIEW
    words, without, gradient, equation = opened.run(
        """([index, review]) => {
          const reading = read(index, review);
          const { network, labels } = reading.run;
          const { neuron } = reading.trace;
          const without = [...leaveOneOut(reading)].map(([place, one]) => {
            const others = reading.words.filter((_, k) => k !== place);
            const { trace } = read(index, others.map(({ text }) => text).join(" "));
            return Math.abs(one.without - trace.outputs.at(-1)[neuron]);
          });
          const { shape, values } = network.embedding;
          const oddsNow = () =>
            logOdds(runNetwork(network, reading.tokens).outputs.at(-1), neuron);
          const gradient = [...gradientTimesInput(reading)].map(([place, value]) => {
            const token = reading.words[place].token;
            const row = values.subarray(token * shape[1], (token + 1) * shape[1]);
            const same = [...reading.words].filter((word) => word.token === token);
            if (same.length > 1) return 0;
            const [kept, before] = [row.slice(), oddsNow()];
            row.forEach((_, k) => row[k] *= 1 + 1e-6);
            const difference = (oddsNow() - before) / 1e-6;
            row.set(kept);
            return Math.abs(difference - value);
          });
          const explained = reading.trace.outputs.map((outputs, t) => {
            const { total, value } = explainOutput(network, reading.trace, t);
            const z = labels.map((_, k) =>
              explainOutput(network, { ...reading.trace, neuron: k }, t).total);
            const sum = z.reduce((all, one) => all + Math.exp(one), 0);
            return Math.abs(value - Math.exp(total) / sum);
          });
          return [without.length, Math.max(...without), Math.max(...gradient),
                  Math.max(...explained)];
        }""",
        [index, review],
    )
    assert words >= 5
    assert without < 1e-12
    assert gradient < 1e-6
    assert equation < 1e-12


def test_odds_stay_finite_where_a_probability_is_rounded_to_one(opened):
    found = opened.run(
        """() => {
          const output = { W: { shape: [1, 3], values: [60, 0, 0] }, b: [0, 0, 0] };
          const outputs = outputsOf([1], output);
          return [outputs[0], logOdds(outputs, 0), ...logOddsSlope(outputs, 0, output)];
        }"""
    )
    assert found == pytest.approx([1, 60 - np.log(2), 60])


def test_the_verdict_is_the_label_with_its_runners_up(chosen, runs):
    shown = chosen(TOPICS)
    outputs = shown.run(NUMBERS, [TOPICS, [REVIEW]])[0]
    order = sorted(range(3), key=lambda k: -outputs[k])
    names = [labels.TOPICS[k] for k in order]
    said = shown.text("#verdict").split()
    assert said[1] == names[0]
    assert [said[3], said[6]] == names[1:]
    assert float(said[0]) == pytest.approx(outputs[order[0]], abs=1e-3)
    assert f"probability {said[0]} {names[0]}" in shown.text("#now")
    shown.run("() => goTo(2)")
    assert f"at the end {said[0]} ({names[0]})" in shown.text("#verdict")


def test_the_chart_has_a_line_for_each_label(chosen):
    shown = chosen(STARS, "film 3 bad good bad bad bad")
    lines = shown.run(
        """() => byId("chart").data.filter(({ type }) => type === "scatter")
             .map(({ name, meta, y }) => [name, meta, y.at(-1)])"""
    )
    assert {name for name, *_ in lines} == set(labels.STARS)
    ends = [end for *_, end in lines]
    assert ends == sorted(ends, reverse=True)
    assert sum(ends) == pytest.approx(1)
    legend = shown.run(
        "() => [...document.querySelectorAll('#chart .legendtext')]"
        ".map((node) => node.textContent)"
    )
    assert set(legend) == set(labels.STARS)
    said = shown.run(
        """() => { const curve = byId("chart").data[1];
             return [describe(pointOf({ data: curve, x: 2, y: 0 }), currentReading()),
                     number(curve.y[2]), curve.name]; }"""
    )
    assert said[0].endswith(f": {said[2]} {said[1]}")


def test_two_labels_have_one_line_and_no_legend(chosen):
    shown = chosen(TWO, "영화는 좋았다")
    kinds = shown.run("() => byId('chart').data.map(({ type }) => type)")
    assert kinds == ["scatter", "heatmap"]
    assert shown.run("() => byId('chart').layout.showlegend") is False
    assert "probability of 긍정" in shown.text("#verdict")
    shown.run("() => { state.below = 'without'; drawBelow(); drawReview(); }")
    assert "to the right speaks for 긍정, to the left for 부정" in shown.text(
        "#below-note"
    )


def test_the_output_neuron_and_the_bars_are_those_of_the_predicted_label(chosen):
    shown = chosen(TOPICS)
    label = shown.text("#verdict").split()[1]
    shown.run("() => chooseNeuron(state.position, state.layer, 'output')")
    assert f"The output neuron of {label} after" in shown.text("#equation")
    assert "softmax" in shown.text("#equation")
    shown.run("() => { state.below = 'gradient'; drawBelow(); drawReview(); }")
    assert "to the right speaks for the predicted label" in shown.text("#below-note")
    assert "(1, 3)" in shown.text("#shapes")
    shown.run("() => { state.below = 'token'; drawBelow(); drawReview(); }")


def test_the_same_label_is_compared_and_other_labels_are_told(chosen):
    shown = chosen(TOPICS)
    label = shown.text("#verdict").split()[1]
    shown.run("() => { showTab('compare'); chooseForEdit(1); chooseForEdit(5) }")
    shown.run("() => swapWords()")
    said = shown.text("#difference")
    assert said.startswith(f"P({label}): A ")
    neuron = labels.TOPICS.index(label)
    ends = "() => byId('chart-both').data.map(({ y }) => y.at(-1))"
    expected = shown.run(
        """(neuron) => [state.text, compare.words.join(" ")].map(
             (review) => read(0, review).trace.outputs.at(-1)[neuron])""",
        neuron,
    )
    assert shown.run(ends) == expected
    shown.run(f"() => {{ compare.b = {STARS}; drawCompare() }}")
    shown.run("() => { compare.words = ['film', 'bad']; drawCompare() }")
    assert "The two models have other labels" in shown.text("#difference")
    shown.run("() => showTab('review')")


def test_models_are_made_by_their_number_of_labels(runs):
    activations = [model.layers[-1].activation for _, model in runs]
    assert activations == [
        *[keras.activations.softmax] * 2,
        keras.activations.sigmoid,
    ]
