// A review in words -> the token ids that the network reads: chapter9/data/text.py and
// chapter9/data/reviews.py, line for line. Pure functions: no document, no state.

const PADDING = 0,
  START = 1,
  UNKNOWN = 2,
  FIRST_WORD = 4;
const MAX_REVIEW = 20000; // characters; IMDB's longest review has 14,000

// ASCII lower case, and every punctuation mark but the apostrophe made a space. Not
// toLowerCase(): it would change letters such as É, which the index has as they are.
const NOT_IN_WORDS = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\t\n]/g;

function splitIntoWords(review) {
  return review
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(NOT_IN_WORDS, " ")
    .split(" ")
    .filter((word) => word !== "");
}

// The vocabulary as the file has it: the frequent words by rank, then all the others in
// alphabetical order, each as the number of letters it shares with the one before (a
// base-36 digit) and the rest. Of the others the network only knows that they exist.
function unpackVocabulary({ frequent, others }) {
  const tokens = new Map();
  frequent.split(" ").forEach((word, rank) => {
    if (word) tokens.set(word, FIRST_WORD + rank);
  });
  let word = "";
  for (const coded of others ? others.split(" ") : []) {
    word = word.slice(0, parseInt(coded[0], 36)) + coded.slice(1);
    tokens.set(word, Infinity);
  }
  return tokens;
}

// -> [{text, token}]: UNKNOWN for a rare word, null for one that is not in the index
// and so is dropped before the network sees the review.
function readReview(review, vocabulary, numWords) {
  return splitIntoWords(review).map((text) => {
    const token = vocabulary.get(text);
    if (token === undefined) return { text, token: null };
    return { text, token: token < numWords ? token : UNKNOWN };
  });
}

// The last `timesteps` tokens, zeros in front. `wordOf[t]` is the place of the word that
// timestep t reads, -1 for the start token and for padding. `cutOff` counts the words
// that stand before the first one that is still read.
function cropAndPad(words, timesteps) {
  const tokens = [START],
    places = [-1];
  words.forEach((word, place) => {
    if (word.token === null) return;
    tokens.push(word.token);
    places.push(place);
  });
  const known = places.slice(1);
  const padding = Math.max(0, timesteps - tokens.length);
  const zeros = new Array(padding).fill(PADDING);
  return {
    tokens: zeros.concat(tokens.slice(-timesteps)),
    wordOf: zeros.map(() => -1).concat(places.slice(-timesteps)),
    padding,
    cutOff: known.length > timesteps ? known[known.length - timesteps] : 0,
  };
}

// Why a score would mislead: there is nothing, or nothing the network knows, to judge.
function reasonForNoScore(words) {
  if (words.length === 0) return "empty";
  if (words.every((word) => word.token === null)) return "all_dropped";
  const known = words.some((word) => word.token !== null && word.token !== UNKNOWN);
  return known ? null : "all_unknown";
}
