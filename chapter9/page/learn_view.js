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

function listenToLearning() {
  listenToApart();
  watchWhatIsInView();
  for (const type of ["keydown", "input"]) {
    document.addEventListener(type, giveWay, true);
  }
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
    // The rest comes later: a key press is to be answered at once.
    drawLearnedReading(readWith(networkShown()));
    drawSoon();
  });
}
