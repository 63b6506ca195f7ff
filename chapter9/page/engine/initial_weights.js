// The weights before training, drawn as Keras draws them (not the same numbers): the
// kernels glorot_uniform, W_h orthogonal, an embedding uniform, biases 0, an LSTM's
// forget gate 1. The same seed gives the same weights in every browser.

// Numbers in 0 ... 1 (mulberry32).
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

function uniform(shape, limit, random) {
  const values = zeros(shape[0] * shape[1]).map(() => limit * (2 * random() - 1));
  return { shape, values };
}

const glorot = (shape, random) =>
  uniform(shape, Math.sqrt(6 / (shape[0] + shape[1])), random);

const normal = (random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

// Rows at right angles, each of length 1 (Gram and Schmidt).
function orthogonal([rows, columns], random) {
  const values = zeros(rows * columns).map(() => normal(random));
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * columns, (r + 1) * columns);
    for (let other = 0; other < r; other++) {
      const before = values.subarray(other * columns, (other + 1) * columns);
      const share = row.reduce((sum, value, k) => sum + value * before[k], 0);
      row.forEach((_, k) => (row[k] -= share * before[k]));
    }
    const length = Math.sqrt(squares(row));
    row.forEach((_, k) => (row[k] /= length));
  }
  return { shape: [rows, columns], values };
}

// A network of {cell, units, words, embedding: numbers a word, 0 for one-hot}.
function initialNetwork({ cell: type, units, words, embedding }, random) {
  const { blocks, ownStateGradient, gates } = CELLS[type];
  const columns = blocks * units;
  const E = embedding ? uniform([words, embedding], 0.05, random) : null;
  const b = zeros(columns);
  const forget = gates.indexOf("f");
  if (forget >= 0) b.fill(1, forget * units, (forget + 1) * units);
  const layer = {
    type,
    units,
    W_x: glorot([embedding || words, columns], random),
    W_h: type === "bag-of-words" ? null : orthogonal([units, columns], random),
    b,
    b_h: ownStateGradient ? zeros(columns) : undefined,
  };
  const output = { W: glorot([units, 1], random), b: zeros(1) };
  return { embedding: E, recurrent: [layer], output };
}
