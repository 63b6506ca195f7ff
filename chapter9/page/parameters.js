// How many parameters a stack of recurrent layers has, term by term (book: p. 486-497).
// Pure functions: no document.

// Copies of W_x, W_h and b in a layer: one for each gate. Keras's GRU has two biases.
const COPIES = { "simple-rnn": 1, lstm: 4, gru: 3 };
const BIASES = { "simple-rnn": 1, lstm: 4, gru: 6 };

// -> {W_x, W_h, b, total}: 4 inputs and 3 cells make 12 + 9 + 3 = 24.
function countRecurrent(type, inputs, cells) {
  const W_x = COPIES[type] * inputs * cells;
  const W_h = COPIES[type] * cells * cells;
  const b = BIASES[type] * cells;
  return { W_x, W_h, b, total: W_x + W_h + b };
}

// The layers from the input on: {name, shape, count, terms}. `words` > 0 puts an
// embedding of `inputs` numbers a word first; `classes` > 0 puts a dense layer last.
function describeStack({ type, inputs, cells, layers, timesteps, words, classes }) {
  const rows = [];
  if (words > 0) {
    const count = words * inputs;
    rows.push({ name: "embedding", shape: [1, timesteps, inputs], count, words });
  }
  let features = inputs;
  for (let layer = 1; layer <= layers; layer++) {
    const parts = countRecurrent(type, features, cells);
    const last = layer === layers;
    const shape = last ? [1, cells] : [1, timesteps, cells];
    rows.push({ name: type, shape, count: parts.total, parts, features, cells });
    features = cells;
  }
  if (classes > 0) {
    const neurons = classes === 2 ? 1 : classes; // sigmoid, or a softmax neuron each
    const count = cells * neurons + neurons;
    rows.push({ name: "dense", shape: [1, neurons], count, features: cells, neurons });
  }
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  return { input: [1, timesteps, words > 0 ? null : inputs], rows, total };
}
