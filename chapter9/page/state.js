// What the page shows, and what follows from it.

const page = JSON.parse(byId("data").textContent);
const LIGHT_UP = 700; // milliseconds a word, when playing

// The language that the address asks for (page.html?ko), or else the browser's.
const [asked] = /(?<=^\?)(en|ko)$/.exec(location.search) ?? [navigator.language];

const state = {
  language: /^ko/.test(asked) ? "ko" : "en",
  tab: "review",
  run: 0,
  text: "",
  position: 0, // which of the visible timesteps
  withPadding: false, // whether the padding is among them
  layer: 0,
  unit: 0, // or "output"
  quantity: "h",
  pins: [],
  below: "token", // under the words: "token", "without" or "gradient"
  playing: null,
};

async function unpackRuns() {
  const unpacked = {}; // runs of the same words share them
  for (const run of page.runs) {
    const special = specialOf(run.kind);
    const packed = page.vocabularies[run.vocabulary];
    const key = `${run.vocabulary} ${special.first}`;
    run.network = unpackNetwork(run.network);
    run.tokens = await (unpacked[key] ??= unpackVocabulary(packed, special));
  }
}

// A review as a run reads it:
//   words          [{text, token}], every word of the text
//   noScore        why there is no score, or null
//   visible        [{t, kind, text, token, place}], the timesteps shown: kind is "word",
//                  "start" or, if they are asked for, "padding"
//   trace          everything the network computed (network.js)
//   probability    after the last word: of label 1, or of more labels the predicted one
const readings = new Map();

function read(index, review, withPadding = false) {
  const key = `${index} ${withPadding} ${review}`;
  if (!readings.has(key)) {
    if (readings.size > 20) readings.clear();
    readings.set(key, computeReading(page.runs[index], review, withPadding));
  }
  return readings.get(key);
}

function computeReading(run, review, withPadding = false) {
  const { timesteps, words: numWords } = run.settings;
  const special = specialOf(run.kind);
  const words = readReview(review, run.tokens, numWords, run.kind);
  const input = cropAndPad(words, timesteps, special);
  const trace = runNetwork(run.network, input.tokens);
  const all = input.tokens.map((token, t) => {
    const place = input.wordOf[t];
    const kind = t < input.padding ? "padding" : place < 0 ? "start" : "word";
    return { t, kind, token, place, text: place < 0 ? null : words[place].text };
  });
  const visible = withPadding ? all : all.slice(input.padding);
  return {
    run,
    words,
    ...input,
    trace,
    visible,
    noScore: reasonForNoScore(words, special),
    special,
    probability: trace.probabilities[timesteps - 1],
  };
}

const currentReading = () => read(state.run, state.text, state.withPadding);
const currentStep = () => currentReading().visible[state.position];
const wordOf = (step) =>
  step.text === null ? `[${text(step.kind)}]` : shown(step.text);
const shown = (word) => (word === " " ? "␣" : word); // a character as a word

// A label of a run: as a user named it; or in the page's language, of two by what it
// means and of more by its number.
function labelOf(run, label) {
  if (run.labels) return run.labels[label];
  if (isMany(run.network.output.b)) return text("numbered_label", { number: label });
  return text(["negative", "positive"][label]);
}

// The label whose probability is explained: label 1, or of more the predicted one.
const explainedLabel = ({ run, trace: { outputs, neuron } }) =>
  labelOf(run, isMany(outputs[0]) ? neuron : 1);

// What the model says after timestep t, {p, label}: of two labels p is always label 1's.
function verdictAt({ run, trace }, t) {
  const outputs = trace.outputs[t];
  const best = predictedNeuron(outputs);
  const label = isMany(outputs) ? best : outputs[0] > 0.5 ? 1 : 0;
  return { p: outputs[best], label: labelOf(run, label) };
}

// Labels and probabilities after timestep t, the highest first.
const ranked = ({ run, trace }, t) =>
  Array.from(trace.outputs[t], (p, k) => ({ p, k, label: labelOf(run, k) })).sort(
    (one, other) => other.p - one.p,
  );

// Reviews to begin with; of a user's own data it is not known what the model can read.
function examplesOf(run) {
  if (run.kind === "sentences") {
    const { training, validation } = page.tasks.sentences;
    return [...validation, ...training].map(([sentence]) => sentence);
  }
  if (run.kind === "imdb") return page.examples[run.data] ?? page.examples.imdb;
  if (run.tokens.get("1") === 1) return [idsOf(run)];
  const { words } = run.settings;
  const reads = (review) =>
    reasonForNoScore(readReview(review, run.tokens, words, run.kind)) === null;
  const readable = page.examples.own.filter(reads);
  return readable.length ? readable : page.examples.own;
}

// Those examples that have the same words, in another order.
function pairsOf(run) {
  const bags = new Map();
  for (const review of examplesOf(run)) {
    const words = splitIntoWords(review, run.kind).sort().join(" ");
    bags.set(words, [...(bags.get(words) ?? []), review]);
  }
  return [...bags.values()].filter((reviews) => reviews.length === 2);
}

// The beginning of IMDB's first review, as the book prints it: for a model without words.
const IDS = [1, 14, 22, 16, 43, 2, 2, 2, 2, 65, 458, 2, 66];
const idsOf = (run) => IDS.filter((id) => id < run.settings.words).join(" ");

// How often a run is right: about its test reviews, or else, where they were not to be
// had, about those that it was validated on; "" if that is unknown too.
function accuracyText({ tested, history, best_epoch }) {
  if (tested) {
    const { right, reviews } = tested;
    const counts = { count: thousands(right), reviews: thousands(reviews) };
    return text("right_tested", { ...counts, right: percent(right / reviews) });
  }
  const right = history.val_accuracy[best_epoch - 1];
  return right === undefined ? "" : text("right_about", { right: percent(right) });
}

// What can be shown of a layer of a kind: its states, and its gates.
const QUANTITIES = Object.fromEntries(
  Object.entries(CELLS).map(([type, { states, gates }]) => [
    type,
    [...states, ...gates],
  ]),
);
