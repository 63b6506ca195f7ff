// What the page shows, and what follows from it.

const page = JSON.parse(byId("data").textContent);
const LIGHT_UP = 700; // milliseconds a word, when playing

const state = {
  language: /^ko/.test(navigator.language) ? "ko" : "en",
  tab: "review",
  run: 0,
  text: "",
  position: 0, // which of the visible timesteps: start and words, no padding
  layer: 0,
  unit: 0, // or "output"
  quantity: "h",
  pins: [],
  playing: null,
};

async function unpackRuns() {
  const vocabularies = await Promise.all(page.vocabularies.map(unpackVocabulary));
  for (const run of page.runs) {
    run.network = unpackNetwork(run.network);
    run.tokens = vocabularies[run.vocabulary];
  }
}

// A review as a run reads it:
//   words          [{text, token}], every word of the text
//   noScore        why there is no score, or null
//   visible        [{t, text, token}], the timesteps that are no padding
//   trace          everything the network computed (network.js)
//   probability    after the last word
const readings = new Map();

function read(index, review) {
  const key = `${index} ${review}`;
  if (!readings.has(key)) {
    if (readings.size > 20) readings.clear();
    readings.set(key, computeReading(page.runs[index], review));
  }
  return readings.get(key);
}

function computeReading(run, review) {
  const { timesteps, words: numWords } = run.settings;
  const words = readReview(review, run.tokens, numWords, run.kind);
  const input = cropAndPad(words, timesteps);
  const trace = runNetwork(run.network, input.tokens);
  const visible = input.tokens.slice(input.padding).map((token, k) => {
    const t = input.padding + k;
    const place = input.wordOf[t];
    return { t, token, place, text: place < 0 ? null : words[place].text };
  });
  return {
    run,
    words,
    ...input,
    trace,
    visible,
    noScore: reasonForNoScore(words),
    probability: trace.probabilities[timesteps - 1],
  };
}

const currentReading = () => read(state.run, state.text);
const currentStep = () => currentReading().visible[state.position];
const wordOf = (step) => (step.text === null ? `[${text("start")}]` : shown(step.text));
const shown = (word) => (word === " " ? "␣" : word); // a character as a word

// Label 0 or 1 of a run: in the page's language, or as a user's own reviews name it.
const labelOf = (run, label) =>
  run.labels ? run.labels[label] : text(["negative", "positive"][label]);

// Reviews to begin with; of a user's own data it is not known what the model can read.
function examplesOf(run) {
  if (run.kind === "imdb") return page.examples[run.data] ?? page.examples.imdb;
  const { words } = run.settings;
  const reads = (review) =>
    reasonForNoScore(readReview(review, run.tokens, words, run.kind)) === null;
  const readable = page.examples.own.filter(reads);
  return readable.length ? readable : page.examples.own;
}

// What can be shown of a layer: the hidden state, and what the gates of its kind add.
const QUANTITIES = {
  "simple-rnn": ["h"],
  lstm: ["h", "c", "i", "f", "g", "o"],
  gru: ["h", "z", "r", "g"],
};
