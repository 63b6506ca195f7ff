// The tab "train": a network learns, its weights and curves and a review to read with it.

const LEARN_LIMITS = { rate: [0.000001, 1], clip: [0, 100], seed: [0, 4294967295] };
const FRACTIONS = ["rate", "clip"];

function drawLearn() {
  if (!learning.settings) chooseTask(learning.task);
  drawLearnForm();
  if (byId("learn-review").value !== learning.review) {
    byId("learn-review").value = learning.review;
  }
  drawProgress();
}

const learnLimits = () => {
  const { units, timesteps, embedding, batch } = TASKS[learning.task].most;
  const counts = { units: [1, units], timesteps: [1, timesteps], batch: [1, batch] };
  return { ...counts, embedding: [0, embedding], ...LEARN_LIMITS };
};

function drawLearnForm() {
  const { task, settings } = learning;
  const limits = learnLimits();
  const field = (name) =>
    numberField(
      name,
      settings[name],
      limits[name],
      FRACTIONS.includes(name) ? "any" : 1,
    );
  replace(
    byId("learn-settings"),
    choiceField("task", Object.keys(TASKS), task, (name) => text(`task_${name}`)),
    choiceField("cell", Object.keys(CELLS), settings.cell),
    field("units"),
    field("timesteps"),
    field("embedding"),
    choiceField("optimizer", Object.keys(OPTIMIZERS), settings.optimizer),
    ["rate", "batch", "clip", "seed"].map(field),
    refusedNote(),
  );
}

function readLearnForm(event) {
  const form = byId("learn-settings");
  if (event.target.name === "task") {
    chooseTask(form.elements.task.value);
    return drawLearn();
  }
  const numbers = readNumbers(form, learnLimits(), FRACTIONS);
  if (!numbers) return;
  const choices = { cell: form.elements.cell.value };
  choices.optimizer = form.elements.optimizer.value;
  const settings = { ...numbers, ...choices };
  const same = Object.keys(settings).every((k) => settings[k] === learning.settings[k]);
  if (same) return;
  learning.settings = settings;
  startLearning();
}

// Everything that changes while the network learns.
function drawProgress() {
  if (state.tab !== "learn") return;
  const { live, epochs, loaded } = learning;
  for (const id of [
    "learn-step",
    "learn-reset",
    "learn-keep",
    "learn-save",
    "apart-take",
  ]) {
    byId(id).disabled = !live;
  }
  byId("learn-run").disabled = !live || live.ended;
  byId("learn-run").textContent = live?.running
    ? `⏸ ${text("pause")}`
    : `▶ ${text("learn")}`;
  byId("learn-keep").disabled ||= learning.settings.cell === "bag-of-words";
  if (!live) return;
  const shown = learning.shown ?? epochs.length - 1;
  const slider = byId("learn-epoch");
  slider.max = epochs.length - 1;
  slider.value = shown;
  byId("learn-now").textContent = progressText(shown);
  slider.setAttribute("aria-valuetext", text("weights_of", { epoch: shown }));
  const network = networkShown();
  drawLearnedReading(readWith(network));
  drawLearnCurves(shown);
  drawWeights(byId("learn-weights"), network, rowNames());
  byId("learn-data").textContent = text(`about_${learning.task}`, {
    training: thousands(loaded.training.labels.length),
    validation: thousands(loaded.validation.labels.length),
  });
}

function progressText(shown) {
  const { live, epochs } = learning;
  const where = { epoch: live.epoch + 1, step: live.step, steps: live.steps };
  const parts = [
    live.ended ? text("learn_ended") : text("learn_now", where),
    live.loss !== undefined &&
      text("learn_step", { loss: number(live.loss), length: number(live.length) }),
  ];
  if (learning.shown !== null && shown < epochs.length) {
    parts.push(text("weights_of", { epoch: shown }));
  }
  return parts.filter(Boolean).join(" · ");
}

// The review's words with the probability after each, and at its end.
function drawLearnedReading(reading) {
  drawVerdict(byId("learn-verdict"), reading);
  const { visible, words, trace, special } = reading;
  const steps = new Map(visible.map((step) => [step.place, step]));
  replace(
    byId("learn-words"),
    words.map((word, place) => {
      const step = steps.get(place);
      const p = step && trace.probabilities[step.t];
      const known = word.token === special.unknown ? "unknown" : "known";
      const chip = element(
        "span",
        { class: `token ${step ? known : "dropped"}` },
        word.text,
        element("small", {}, step ? number(p, 2) : "–"),
      );
      if (step) {
        chip.style.background = colourOf(2 * p - 1);
        chip.style.color = inkOn(2 * p - 1);
      }
      return chip;
    }),
  );
}

function drawLearnCurves(shown) {
  const history = historyOf(learning.epochs);
  const column = (figures, name) => figures.map((epoch) => epoch[name]);
  const pair = (name) => [
    ...learning.past.map((past) => ({
      name: "",
      values: column(past, `val_${name}`),
      style: "past",
    })),
    {
      name: text(`training_${name}`),
      values: column(history, name),
      style: "dotted",
    },
    {
      name: text(`validation_${name}`),
      values: column(history, `val_${name}`),
      style: "solid",
    },
  ];
  const marked = shown || undefined;
  drawCurves(byId("learn-loss"), { label: text("loss"), series: pair("loss"), marked });
  drawCurves(byId("learn-accuracy"), {
    label: text("accuracy"),
    series: pair("accuracy"),
    range: [0, 1],
    marked,
  });
  const name = text("probability", { label: text("positive") });
  const mine = { name, values: readAnew(), style: "solid" };
  drawCurves(byId("learn-mine"), {
    label: text("mine_over_epochs"),
    series: [mine],
    range: [0, 1],
    first: 0,
    marked: shown,
  });
}

const MILLISECONDS_A_FRAME = 8;
const scores = { key: null, list: [] };

// The review's probability with every epoch's weights; those that take too long for one
// frame come with the next.
function readAnew() {
  const { epochs, review, run } = learning;
  const key = `${run} ${review}`;
  if (scores.key !== key) Object.assign(scores, { key, list: [] });
  const until = performance.now() + MILLISECONDS_A_FRAME;
  while (scores.list.length < epochs.length && performance.now() < until) {
    const reading = readWith(epochs[scores.list.length].network);
    scores.list.push(reading.noScore ? NaN : reading.probability);
  }
  if (scores.list.length < epochs.length && !learning.live.running) {
    requestAnimationFrame(drawProgress);
  }
  return scores.list.filter(Number.isFinite);
}

function listenToLearning() {
  listenToApart();
  byId("learn-settings").addEventListener("change", readLearnForm);
  byId("learn-settings").addEventListener("submit", (event) => event.preventDefault());
  const clicks = {
    "learn-run": () => send(learning.live?.running ? "pause" : "run"),
    "learn-step": () => send("step"),
    "learn-reset": startLearning,
    "learn-keep": keepLearned,
    "learn-save": saveLearned,
  };
  for (const [id, onclick] of Object.entries(clicks)) {
    byId(id).addEventListener("click", onclick);
  }
  byId("learn-epoch").addEventListener("input", ({ target }) => {
    const epoch = Number(target.value);
    learning.shown = epoch === learning.epochs.length - 1 ? null : epoch;
    drawProgress();
  });
  byId("learn-review").addEventListener("input", ({ target }) => {
    learning.review = target.value.slice(-MAX_REVIEW);
    if (!learning.live) return;
    // The rest comes with the next report: a key press is to be answered at once.
    if (learning.live.running) drawLearnedReading(readWith(networkShown()));
    else drawProgress();
  });
}
