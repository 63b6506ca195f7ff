// A review in words -> the token ids that the network reads: chapter9/data/tokens.py,
// text.py and reviews.py, line for line. Pure functions: no document, no state.

// The tokens that are no words, and that of the most frequent word, by what run.kind
// says. In the sentences to train on (tasks.js) no token is special, and where no word is
// the input is zeros. Of "ranks" a token is a word's rank: saved_model.py.
const SPECIAL = {
  sentences: { padding: -1, start: null, unknown: null, first: 0 },
  ranks: { padding: 0, start: null, unknown: null, first: 1 },
};
const KERAS = { padding: 0, start: 1, unknown: 2, first: 4 }; // keras.datasets.imdb
const specialOf = (kind) => SPECIAL[kind] ?? KERAS;
const DROPS = new Set(["imdb", "sentences", "ranks"]); // the others read what they do not know
const MAX_REVIEW = 20000; // characters; IMDB's longest review has 14,000

// ASCII lower case, and every punctuation mark but the apostrophe made a space. Not
// toLowerCase(): it would change letters such as É, which the index has as they are.
const NOT_IN_WORDS = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\t\n]/g;

const WHITE =
  /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+/g;

// How a text is split, by what run.kind says.
const SPLIT = {
  imdb: (review) =>
    review
      .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      .replace(NOT_IN_WORDS, " ")
      .split(" "),
  words: (review) =>
    review
      .normalize("NFC")
      .toLowerCase()
      .replace(/[\p{P}\p{S}]/gu, (mark) => (mark === "'" ? mark : " "))
      .split(WHITE),
  characters: (review) => [
    ...review
      .normalize("NFC")
      .replace(WHITE, " ")
      .replace(/^ +| +$/g, ""),
  ],
};

SPLIT.sentences = SPLIT.ranks = SPLIT.imdb;

const splitIntoWords = (review, kind) =>
  SPLIT[kind](review).filter((word) => word !== "");

const joinWords = (words, kind) => words.join(kind === "characters" ? "" : " ");

const unpackBytes = (base64) =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function decompressed(base64) {
  const packed = new Blob([unpackBytes(base64)]).stream();
  return new Response(packed.pipeThrough(new DecompressionStream("deflate")));
}

// The words by rank, most frequent first: JSON, compressed, in base 64.
async function unpackVocabulary(base64, { first } = KERAS) {
  const words = await decompressed(base64).json();
  return new Map(words.map((word, rank) => [word, first + rank]));
}

// -> [{text, token}]: the unknown token for a rare word, null for one that is not in
// IMDB's index and so is dropped before the network sees the review.
function readReview(review, vocabulary, numWords, kind) {
  const { unknown } = specialOf(kind);
  const absent = DROPS.has(kind) ? null : unknown;
  return splitIntoWords(review, kind).map((text) => {
    const token = vocabulary.get(text);
    if (token === undefined) return { text, token: absent };
    return { text, token: token < numWords ? token : unknown };
  });
}

// The last `timesteps` tokens, zeros in front. `wordOf[t]` is the place of the word that
// timestep t reads, -1 for the start token and for padding. `cutOff` counts the words
// that stand before the first one that is still read.
function cropAndPad(words, timesteps, special = specialOf()) {
  const tokens = special.start === null ? [] : [special.start];
  const places = tokens.map(() => -1);
  words.forEach((word, place) => {
    if (word.token === null) return;
    tokens.push(word.token);
    places.push(place);
  });
  const known = places.filter((place) => place >= 0);
  const padding = Math.max(0, timesteps - tokens.length);
  const front = new Array(padding).fill(special.padding);
  return {
    tokens: front.concat(tokens.slice(-timesteps)),
    wordOf: front.map(() => -1).concat(places.slice(-timesteps)),
    padding,
    cutOff: known.length > timesteps ? known[known.length - timesteps] : 0,
  };
}

// Why a score would mislead: there is nothing, or nothing the network knows, to judge.
function reasonForNoScore(words, { unknown } = specialOf()) {
  if (words.length === 0) return "empty";
  if (words.every((word) => word.token === null)) return "all_dropped";
  const known = words.some((word) => word.token !== null && word.token !== unknown);
  return known ? null : "all_unknown";
}
