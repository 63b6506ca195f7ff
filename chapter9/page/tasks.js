// What the page can train on (tasks.py): reviews for the engine, and a reader of more.

const TASKS = {
  sentences: {
    kind: "sentences",
    words: 4,
    most: { units: 16, timesteps: 12, embedding: 8, batch: 10 },
    defaults: { units: 3, timesteps: 5, rate: 0.05, batch: 4 },
    review: "not good but not bad",
  },
  sample: {
    kind: "imdb",
    words: 500, // the others are unknown, as in the book
    most: { units: 32, timesteps: 160, embedding: 32, batch: 512 },
    defaults: { units: 10, timesteps: 100, rate: 0.005, batch: 64 },
    review: "the plot is dull but the acting is great in the end",
  },
};
const DEFAULTS = {
  cell: "simple-rnn",
  embedding: 0,
  optimizer: "adam",
  clip: 0,
  seed: 42,
};

// A task's vocabulary, and its reviews cut and padded: {tokens, labels} of training and
// validation.
const loadTask = { sentences: loadSentences, sample: loadSample };

async function loadSentences(timesteps) {
  const { words, ...parts } = page.tasks.sentences;
  const vocabulary = new Map(words.map((word, token) => [word, token]));
  const read = ([sentence]) =>
    readReview(sentence, vocabulary, words.length, "sentences");
  const reviews = (part) => parts[part].map(read);
  const labels = (part) => parts[part].map(([, label]) => label);
  const data = (part) =>
    forTheEngine(reviews(part), labels(part), timesteps, "sentences");
  return { vocabulary, training: data("training"), validation: data("validation") };
}

async function loadSample(timesteps) {
  const { words, training, validation } = page.tasks.sample;
  const [vocabulary, ...parts] = await Promise.all([
    unpackVocabulary(words),
    ...[training, validation].map((part) => unpackReviews(part, timesteps)),
  ]);
  return { vocabulary, training: parts[0], validation: parts[1] };
}

async function unpackReviews(packed, timesteps) {
  const [lengths, tokens, labels] = await Promise.all(
    [packed.lengths, packed.tokens, packed.labels].map(unpackIntegers),
  );
  let end = 0;
  const reviews = Array.from(lengths, (length) => {
    const known = tokens.subarray(end + 1, (end += length)); // without the start token
    return Array.from(known, (token) => ({
      token: token < TASKS.sample.words ? token : specialOf("imdb").unknown,
    }));
  });
  return forTheEngine(reviews, labels, timesteps, "imdb");
}

async function unpackIntegers(base64) {
  const view = new DataView(await decompressed(base64).arrayBuffer());
  const count = view.byteLength / 2;
  return Int32Array.from({ length: count }, (_, k) => view.getUint16(2 * k, true));
}

function forTheEngine(reviews, labels, timesteps, kind) {
  const special = specialOf(kind);
  const rows = reviews.map((words) => cropAndPad(words, timesteps, special).tokens);
  return { tokens: Int32Array.from(rows.flat()), labels: Float64Array.from(labels) };
}
