// Training in the page: the worker that learns, what it reported, every epoch's weights.

const learning = {
  task: "sentences",
  settings: null,
  loaded: null, // {vocabulary, training, validation}
  worker: null,
  run: 0, // which start of the worker; reports of an earlier one come too late
  live: null, // its last report
  epochs: [], // [{figures, network}], the first one before training
  shown: null, // an epoch to look back at; null: the newest weights
  past: [], // the histories of the runs before
  review: "",
};
const MOST_PAST = 4;

// The engine's own text once more, as a worker: nothing is loaded.
function startWorker(receive) {
  const source = new Blob([byId("engine").textContent], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(source));
  worker.onmessage = ({ data }) => receive(data);
  worker.onerror = () => {
    for (const id of ["learn-now", "bag-said"])
      byId(id).textContent = text("no_worker");
  };
  return worker;
}

function chooseTask(name) {
  const { defaults, review } = TASKS[name];
  Object.assign(learning, { task: name, past: [], epochs: [], review });
  learning.settings = { ...DEFAULTS, ...defaults };
  return startLearning();
}

// From new weights: after a change of settings, and to begin with.
async function startLearning() {
  const run = (learning.run += 1);
  const history = historyOf(learning.epochs);
  if (history.length) learning.past = [...learning.past, history].slice(-MOST_PAST);
  Object.assign(learning, { live: null, epochs: [], shown: null });
  byId("learn-saved").textContent = "";
  apart.of = null;
  drawApart();
  drawProgress();
  const { task, settings } = learning;
  const loaded = await loadTask[task](settings.timesteps);
  if (run !== learning.run) return;
  learning.loaded = loaded;
  learning.worker ??= startWorker(receive);
  const { training, validation } = loaded;
  const words = TASKS[task].words;
  send("start", {
    run,
    settings: { ...settings, words },
    data: { training, validation },
  });
}

const send = (action, rest = {}) =>
  learning.worker?.postMessage({ do: action, ...rest });

function receive(report) {
  if (report.run !== learning.run) return;
  const { live } = learning;
  learning.live = { ...report, loss: report.loss ?? live?.loss };
  learning.live.length ??= live?.length;
  const { figures, network } = report;
  if (figures || !learning.epochs.length) learning.epochs.push({ figures, network });
  if (report.running && live?.running) drawSoon();
  else drawProgress();
}

const historyOf = (epochs) => epochs.slice(1).map(({ figures }) => figures);

// The weights that are looked at: of an epoch, or as they are now.
const networkShown = () =>
  learning.shown === null
    ? learning.live?.network
    : learning.epochs[learning.shown].network;

// A run, as the page's other parts know one, of weights learned here.
function runOf({ task, settings, loaded }, network) {
  return {
    network,
    tokens: loaded.vocabulary,
    kind: TASKS[task].kind,
    settings: { ...settings, words: TASKS[task].words, cells: settings.units },
    data: task,
  };
}

const learnedRun = (network) => runOf(learning, network);
const readWith = (network) => computeReading(learnedRun(network), learning.review);

// What a row of the first matrix stands for.
const rowNames = () => (learning.loaded.names ??= namesOfRows());

function namesOfRows() {
  const { kind, words } = TASKS[learning.task];
  const names = Array.from({ length: words }, () => "–");
  if (kind === "imdb") {
    names.splice(
      0,
      3,
      `[${text("padding")}]`,
      `[${text("start")}]`,
      `[${text("rare")}]`,
    );
  }
  for (const [word, token] of learning.loaded.vocabulary) {
    if (token < words) names[token] = word;
  }
  return names;
}

// The network becomes one of the page's runs, to be read, explained and compared there.
function keepLearned() {
  const { task, settings, epochs, live, shown } = learning;
  const history = historyOf(epochs);
  const network = structuredClone(networkShown());
  const column = (name) => history.map((figures) => figures[name]);
  const names = ["loss", "accuracy", "val_loss", "val_accuracy"];
  const run = {
    ...learnedRun(network),
    name: text("learned_name", {
      n: page.runs.filter((other) => other.learned).length + 1,
      epoch: shown ?? live.epoch,
    }),
    learned: true,
    checksum: "",
    parameters: Object.values(variablesOf(network)).reduce((n, w) => n + w.length, 0),
    history: Object.fromEntries(names.map((name) => [name, column(name)])),
    best_epoch: history.length ? bestEpoch(column("val_loss")) : 0,
  };
  run.settings.model = `${task}, ${settings.cell}`;
  page.runs.push(run);
  page.beside.push([]);
  readings.clear();
  chooseRun(page.runs.length - 1);
  showTab("review");
  setText(learning.review);
}

// The network as a file for Keras. Where a sentence has no word its input is zeros: with
// an embedding those are the row of token 0, and a word's token is one more.
function saveLearned() {
  const { task, settings } = learning;
  const network = { ...networkShown() };
  const { embedding } = network;
  if (embedding && specialOf(TASKS[task].kind).padding < 0) {
    const [rows, size] = embedding.shape;
    const values = [...zeros(size), ...embedding.values];
    network.embedding = { shape: [rows + 1, size], values };
  }
  const name = `${task}-${settings.cell}.keras`;
  download(name, kerasFile(network, settings.timesteps));
  const { timesteps } = settings;
  const facts = { name, timesteps, words: TASKS[task].words };
  byId("learn-saved").textContent = text(embedding ? "saved_ids" : "saved_rows", facts);
}

const bestEpoch = (losses) => losses.indexOf(Math.min(...losses)) + 1;
