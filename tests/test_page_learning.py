"""Training in the page: a worker learns, and everything it did can be looked at."""

import re

import pytest

from tests.browser import opened_page
from tests.conftest import run_command
from tests.test_page import make_run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learning")
    with opened_page(folder, make_run(folder / "run")) as shown:
        yield shown


@pytest.fixture
def learn(shared):
    """The tab, before the first step on the sentences."""
    shared.run("() => { stop(); start(); showTab('learn'); chooseTask('sentences') }")
    settled(shared)
    shared.run("drawLearn")
    yield shared
    shared.run("() => send('pause')")
    assert shared.errors == []
    assert shared.requests == [shared.url]


def settled(shown):
    """Waits for the first report of the worker."""
    shown.tab.wait_for_function("() => learning.live?.run === learning.run")


def choose(shown, **settings):
    """Changes fields of the form, as a user does."""
    for name, value in settings.items():
        field = shown.tab.locator(f'#learn-settings [name="{name}"]')
        if name in ("task", "cell", "optimizer"):
            field.select_option(value)
        else:
            field.fill(value)
            field.dispatch_event("change")
    settled(shown)


def train(shown, epochs):
    shown.tab.click("#learn-run")
    shown.tab.wait_for_function(
        "(n) => learning.epochs.length > n", arg=epochs, timeout=120_000
    )
    shown.tab.click("#learn-run")
    shown.tab.wait_for_function("() => !learning.live.running")


WEIGHTS = """(network) => Object.values(variablesOf(network)).flatMap((w) => [...w])"""
NEWEST = f"() => ({WEIGHTS})(learning.live.network)"


def test_the_worker_learns_what_the_engine_computes(learn):
    train(learn, 3)
    for _ in range(2):
        learn.tab.click("#learn-step")
    learn.tab.wait_for_function("() => learning.live.loss !== undefined")
    learn.run("() => new Promise((done) => setTimeout(done, 200))")
    same = learn.run(
        """() => {
          const { settings, loaded, live } = learning;
          const training = new Training({ ...settings, words: 4 }, loaded);
          while (training.epoch < live.epoch || training.step < live.step) {
            training.nextStep();
          }
          const found = Object.values(variablesOf(live.network));
          const told = learning.epochs.slice(1).map(({ figures }) => figures);
          return [JSON.stringify(told) === JSON.stringify(training.history),
            Object.values(variablesOf(training.network)).every((w, k) =>
              w.every((value, j) => value === found[k][j]))];
        }"""
    )
    assert same == [True, True]


def test_it_goes_on_learning_while_one_types_and_both_are_shown(learn):
    """At every key the worker rests and the charts wait, but neither for ever."""
    choose(learn, task="sample", units="3", timesteps="10")
    learn.tab.fill("#learn-review", "")
    learn.tab.click("#learn-run")
    learn.tab.wait_for_function("() => learning.live.running")
    box = learn.tab.locator("#learn-review")
    place = "() => [learning.live.epoch, learning.live.step]"
    first, shown, typed = learn.run(place), set(), ""
    for key in "the film is not dull but moving " * 20:
        box.press(key)
        typed += key
        assert box.input_value() == typed
        shown.add(learn.text("#learn-now"))
        if learn.run(place) > first and len(shown) > 1:
            break
    assert learn.run(place) > first and len(shown) > 1
    learn.tab.wait_for_function("() => learning.epochs.length > 1")
    learn.tab.click("#learn-run")
    learn.tab.wait_for_function("() => !learning.live.running")
    read = "() => number(readWith(networkShown()).probability)"
    assert learn.text("#learn-verdict b") == learn.run(read)


def test_reset_starts_from_the_same_weights_and_another_seed_from_others(learn):
    before = learn.run(NEWEST)
    train(learn, 2)
    assert learn.run(NEWEST) != before
    learn.tab.click("#learn-reset")
    settled(learn)
    assert learn.run(NEWEST) == before
    assert learn.run("() => [learning.epochs.length, learning.past.length]") == [1, 1]
    assert learn.tab.locator("#learn-loss .past").count() == 1
    choose(learn, seed="7")
    assert learn.run(NEWEST) != before


def test_the_slider_goes_back_and_the_review_is_read_anew(learn):
    train(learn, 4)
    learn.tab.fill("#learn-review", "bad but good")
    last = learn.text("#learn-verdict b")
    learn.run(
        """() => {
          byId("learn-epoch").value = 1;
          byId("learn-epoch").dispatchEvent(new Event("input"));
        }"""
    )
    expected = learn.run(
        "() => number(readWith(learning.epochs[1].network).probability)"
    )
    assert learn.text("#learn-verdict b") == expected != last
    assert "weights after epoch 1" in learn.text("#learn-now")
    shown = learn.tab.locator("#learn-weights td").all_inner_texts()
    wanted = learn.run(f"() => ({WEIGHTS})(learning.epochs[1].network)")
    wanted = [f"{value:.2f}".replace("-", "−") for value in wanted[: 12 + 9 + 3 + 3]]
    assert shown == wanted


def test_a_bag_of_words_cannot_know_an_order_and_a_gru_learns_it(learn):
    pair = "() => ['not good but not bad', 'not bad but not good'].map((review) => "
    pair += "computeReading(learnedRun(learning.live.network), review).probability)"
    choose(learn, cell="bag-of-words")
    train(learn, 8)
    one, other = learn.run(pair)
    assert one == pytest.approx(other, abs=1e-12)
    assert learn.run("() => learning.epochs.at(-1).figures.val_accuracy") == 0.5
    choose(learn, cell="gru")
    train(learn, 25)
    one, other = learn.run(pair)
    assert one > 0.5 > other


@pytest.mark.parametrize(
    ("name", "value"),
    [("units", "-5"), ("units", "2.5"), ("batch", ""), ("rate", "0"), ("seed", "1e99")],
)
def test_a_number_that_does_not_fit_is_refused_in_its_field(learn, name, value):
    run = learn.run("() => learning.run")
    field = learn.tab.locator(f'#learn-settings [name="{name}"]')
    field.fill(value)
    field.dispatch_event("change")
    assert field.get_attribute("aria-invalid") == "true"
    assert "please" in learn.text("#learn-settings .refused")
    assert learn.run("() => learning.run") == run  # what is trained stays
    field.fill("1")
    field.dispatch_event("change")
    assert learn.tab.locator("#learn-settings .refused").is_hidden()
    assert learn.run("() => learning.run") == run + 1
    settled(learn)


@pytest.mark.parametrize("cell", ["simple-rnn", "lstm", "gru"])
def test_a_batch_is_taken_apart_into_the_terms_of_its_gradient(learn, cell):
    choose(learn, cell=cell, batch="5")
    learn.tab.click("#apart-take")
    words = learn.run("() => wordsApart().length")
    assert "forward: timestep" in learn.text("#apart-now")
    for _ in range(words):
        learn.tab.click("#apart-next")
    assert "what goes back is dz" in learn.text("#apart-now")
    learn.tab.click("#apart-next")
    assert "backward: timestep 5" in learn.text("#apart-now")
    for _ in range(words - 1):
        learn.tab.click("#apart-next")
    shown = learn.tab.locator("#apart-kernel table").nth(1).locator("td")
    largest_error = learn.run(
        """() => {
          const { steps, gradients, network, labels } = apart.of;
          const { shape } = network.recurrent[0].W_h;
          const sum = zeros(gradients.W_h.length);
          labels.forEach((_, sample) => {
            apart.sample = sample;
            for (const { t } of wordsApart()) {
              addToKernel(sum, rowOf(steps[t].before.h), steps[t].dq.map(rowOf), shape);
            }
          });
          return Math.max(...sum.map((value, k) => Math.abs(value - gradients.W_h[k])));
        }"""
    )
    blocks = {"simple-rnn": 1, "lstm": 4, "gru": 3}[cell]
    assert shown.count() == 3 * 3 * blocks
    assert largest_error < 1e-12  # before training the padding leaves h at 0


def test_clipping_says_by_how_much(learn):
    choose(learn, clip="0.001")
    learn.tab.click("#apart-take")
    length = learn.run("() => apart.of.length")
    assert length > 0.001
    assert f"multiplied by {0.001 / length:.3f}" in learn.text("#apart-clip")


def test_what_was_learned_is_read_explained_and_compared_as_any_run(learn):
    train(learn, 2)
    runs = learn.run("() => page.runs.length")
    learn.tab.click("#learn-keep")
    assert learn.run("() => [state.tab, state.run]") == ["review", runs]
    assert "trained in this page" in learn.text("#identity")
    assert "neuron 1" in learn.text("#equation")
    expected = learn.run("() => number(readWith(learning.live.network).probability)")
    assert learn.text("#verdict b") == expected
    for tab in ("compare", "parameters", "training", "review"):
        learn.tab.click(f"#tab-{tab}")
    learn.run("() => { page.runs.pop(); page.beside.pop(); start() }")


def test_a_worker_of_the_page_can_reach_nothing(learn):
    said = learn.run(
        """() => new Promise((done) => {
          const source = "fetch('https://example.com/')"
            + ".then(() => postMessage('loaded'), () => postMessage('blocked'))";
          const worker = new Worker(URL.createObjectURL(new Blob([source])));
          worker.onmessage = ({ data }) => done(data);
        })"""
    )
    assert said == "blocked"


@pytest.mark.long
def test_the_samples_default_model_learns_in_the_page(learn):
    choose(learn, task="sample")
    learn.tab.click("#learn-run")
    learn.tab.wait_for_function(
        "() => learning.epochs.at(-1).figures?.val_accuracy > 0.95", timeout=120_000
    )
    settings = learn.run("() => learning.settings")
    assert (settings["cell"], settings["units"], settings["timesteps"]) == (
        *("simple-rnn", 10, 100),
    )


@pytest.mark.long
def test_the_benchmark_of_key_presses_times_the_idle_page_and_the_one_that_trains(
    shared,
):
    page = shared.url.removeprefix("file://")
    options = ("--presses", 5, "--rounds", 1)
    code, out, err = run_command("-m", "benchmarks.key_presses", page, *options)
    assert code == 0, err
    rows = re.findall(r"\| 1 \| (.*?) \| (\d+) \| (\d+) \| (\d+) \|", out)
    assert [row[0] for row in rows] == ["is idle", "trains"]
    for _, *times in rows:
        median, most, slowest = map(int, times)
        assert 0 < median <= most <= slowest
