// What changes while a network learns: drawn part by part, a key press before any of them.

const progress = {
  soon: false, // whether a drawing has been asked for
  typed: -Infinity, // when a key was last pressed
  drawn: new Map(), // of a part what it shows
  scores: { key: null, list: [] },
};
const AFTER_A_KEY = 200; // milliseconds in which the next key mostly comes
const LONGEST_WAIT = 500; // of a part, while someone types on and on
const MILLISECONDS_A_PART = 8;

// A part is drawn where its key has changed; no key: always.
const PARTS = {
  "learn-now": [() => null, drawWhere],
  "learn-loss": [keyOfCurves, () => drawPair("loss")],
  "learn-accuracy": [keyOfCurves, () => drawPair("accuracy", [0, 1])],
  "learn-mine": [() => null, drawMine],
  "learn-weights": [
    () => null,
    () => drawWeights(byId("learn-weights"), networkShown(), rowNames()),
  ],
};

const shownEpoch = () => learning.shown ?? learning.epochs.length - 1;

function drawPart(id) {
  const [keyOf, draw] = PARTS[id];
  const key = keyOf();
  if (key !== null && progress.drawn.get(id) === key) return;
  progress.drawn.set(id, key);
  draw();
}

// Everything, at once: when it does not learn just now.
function drawProgress() {
  if (state.tab !== "learn") return;
  drawLearnButtons();
  if (learning.live) Object.keys(PARTS).forEach(drawPart);
}

// Everything that is in view, in the next frames.
async function drawSoon() {
  if (progress.soon) return;
  progress.soon = true;
  const { run } = learning;
  drawLearnButtons();
  for (const id of Object.keys(PARTS)) {
    const until = performance.now() + LONGEST_WAIT;
    do await nextFrame();
    while (performance.now() < Math.min(until, progress.typed + AFTER_A_KEY));
    if (run !== learning.run || !learning.live || state.tab !== "learn") break;
    if (!outOfView.has(id)) drawPart(id);
  }
  progress.soon = false;
}

// A key was pressed, anywhere: the charts wait, and the worker leaves the processor to it.
function giveWay() {
  progress.typed = performance.now();
  if (learning.live?.running) send("rest");
}

const nextFrame = () => new Promise(requestAnimationFrame);

// Parts that are scrolled away.
const outOfView = new Set();

function watchWhatIsInView() {
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) outOfView.delete(target.id);
      else outOfView.add(target.id);
    }
    if (learning.live) drawSoon();
  });
  for (const id of Object.keys(PARTS)) observer.observe(byId(id));
}

function drawLearnButtons() {
  const { live } = learning;
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
  const says = live?.running ? `⏸ ${text("pause")}` : `▶ ${text("learn")}`;
  if (byId("learn-run").textContent !== says) byId("learn-run").textContent = says;
  byId("learn-keep").disabled ||= learning.settings.cell === "bag-of-words";
}

// How far it is, and the review read with these weights.
function drawWhere() {
  const { epochs, loaded, task } = learning;
  const shown = shownEpoch();
  const slider = byId("learn-epoch");
  slider.max = epochs.length - 1;
  slider.value = shown;
  byId("learn-now").textContent = progressText(shown);
  slider.setAttribute("aria-valuetext", text("weights_of", { epoch: shown }));
  drawLearnedReading(readWith(networkShown()));
  byId("learn-data").textContent = text(`about_${task}`, {
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

// The curves of loss and accuracy have a new point once in an epoch.
function keyOfCurves() {
  const { run, epochs } = learning;
  return [state.language, run, epochs.length, shownEpoch()].join();
}

function drawPair(name, range) {
  const column = (figures, key) => figures.map((epoch) => epoch[key]);
  const history = historyOf(learning.epochs);
  const past = learning.past.map((figures) => ({
    name: "",
    values: column(figures, `val_${name}`),
    style: "past",
  }));
  const curve = (part, key, style) => ({
    name: text(`${part}_${name}`),
    values: column(history, key),
    style,
  });
  drawCurves(byId(`learn-${name}`), {
    label: text(name),
    series: [
      ...past,
      curve("training", name, "dotted"),
      curve("validation", `val_${name}`, "solid"),
    ],
    range,
    marked: shownEpoch() || undefined,
  });
}

function drawMine() {
  const name = text("probability", { label: text("positive") });
  drawCurves(byId("learn-mine"), {
    label: text("mine_over_epochs"),
    series: [{ name, values: readAnew(), style: "solid" }],
    range: [0, 1],
    first: 0,
    marked: shownEpoch(),
  });
}

// The review's probability with every epoch's weights; those that take too long for one
// frame come with the next.
function readAnew() {
  const { epochs, review, run } = learning;
  const { scores } = progress;
  const key = `${run} ${review}`;
  if (scores.key !== key) Object.assign(scores, { key, list: [] });
  const until = performance.now() + MILLISECONDS_A_PART;
  while (scores.list.length < epochs.length && performance.now() < until) {
    const reading = readWith(epochs[scores.list.length].network);
    scores.list.push(reading.noScore ? NaN : reading.probability);
  }
  if (scores.list.length < epochs.length && !learning.live.running) {
    requestAnimationFrame(drawSoon);
  }
  return scores.list.filter(Number.isFinite);
}
