// The network of section 9-1 to 9-3, forward, one timestep at a time: what Keras
// computes, in the book's symbols. Pure functions: no document, no state.
//
// A matrix is {shape: [rows, columns], values}, row after row. A vector is an array.

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const zeros = (length) => new Float64Array(length);

// x W. A token id stands for its one-hot row, and a one-hot row times W is a row of W.
function times(x, W) {
  const [rows, columns] = W.shape;
  const product = zeros(columns);
  if (typeof x === "number") return product.map((_, k) => W.values[x * columns + k]);
  for (let j = 0; j < rows; j++) {
    for (let k = 0; k < columns; k++) product[k] += x[j] * W.values[j * columns + k];
  }
  return product;
}

const add = (...vectors) =>
  vectors[0].map((_, k) => vectors.reduce((sum, vector) => sum + vector[k], 0));

// Gates stand side by side in one matrix: the k-th of them is a block of columns.
const block = (vector, k, units) => vector.slice(k * units, (k + 1) * units);

// h_t = tanh(x_t W_x + h_(t-1) W_h + b)
function simpleRnnStep(x, before, { W_x, W_h, b }) {
  const z = add(times(x, W_x), times(before.h, W_h), b);
  return { h: z.map(Math.tanh) };
}

// i, f, o = sigmoid(x_t W_x + h_(t-1) W_h + b), g = tanh(the same), each its own columns
// c_t = f c_(t-1) + i g
// h_t = o tanh(c_t)
function lstmStep(x, before, { W_x, W_h, b, units }) {
  const z = add(times(x, W_x), times(before.h, W_h), b);
  const i = block(z, 0, units).map(sigmoid);
  const f = block(z, 1, units).map(sigmoid);
  const g = block(z, 2, units).map(Math.tanh);
  const o = block(z, 3, units).map(sigmoid);
  const c = f.map((_, k) => f[k] * before.c[k] + i[k] * g[k]);
  const h = o.map((_, k) => o[k] * Math.tanh(c[k]));
  return { h, c, i, f, g, o };
}

// z, r = sigmoid(x_t W_x + b + h_(t-1) W_h + b_h)
// g = tanh(x_t W_x + b + r (h_(t-1) W_h + b_h))
// h_t = z h_(t-1) + (1 - z) g
function gruStep(x, before, { W_x, W_h, b, b_h, units }) {
  const fromInput = add(times(x, W_x), b);
  const fromState = add(times(before.h, W_h), b_h);
  const gate = (k) => add(block(fromInput, k, units), block(fromState, k, units));
  const z = gate(0).map(sigmoid);
  const r = gate(1).map(sigmoid);
  const remembered = block(fromState, 2, units).map((value, k) => r[k] * value);
  const g = add(block(fromInput, 2, units), remembered).map(Math.tanh);
  const h = z.map((_, k) => z[k] * before.h[k] + (1 - z[k]) * g[k]);
  return { h, z, r, g };
}

const STEPS = { "simple-rnn": simpleRnnStep, lstm: lstmStep, gru: gruStep };

const initialState = (layer) => ({ h: zeros(layer.units), c: zeros(layer.units) });

// Reads `tokens` and keeps everything on the way:
//   layers[l].inputs[t]   x_t of layer l: a token id (one-hot) or numbers
//   layers[l].steps[t]    {h, ...} after timestep t, and the gates of an LSTM or GRU
//   probabilities[t]      what the output layer says of h_t; the last one counts
function runNetwork(network, tokens) {
  let inputs = tokens;
  if (network.embedding) inputs = tokens.map((id) => times(id, network.embedding));
  const layers = network.recurrent.map((layer) => {
    let state = initialState(layer);
    const steps = inputs.map((x) => (state = STEPS[layer.type](x, state, layer)));
    const trace = { inputs, steps };
    inputs = steps.map((step) => step.h);
    return trace;
  });
  const probabilities = inputs.map((h) => sigmoid(logit(h, network.output)));
  return { layers, probabilities };
}

const logit = (h, { W, b }) => times(h, W)[0] + b[0];

const unpackBytes = (base64) =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

// The weights as the file has them: 32-bit numbers in base 64.
function unpackNumbers(base64) {
  const view = new DataView(unpackBytes(base64).buffer);
  return Float64Array.from({ length: view.byteLength / 4 }, (_, k) =>
    view.getFloat32(4 * k, true),
  );
}

function unpackNetwork({ embedding, recurrent, output }) {
  const matrix = (packed) => ({
    shape: packed.shape,
    values: unpackNumbers(packed.values),
  });
  const vector = (packed) => unpackNumbers(packed.values);
  return {
    embedding: embedding && matrix(embedding),
    recurrent: recurrent.map(({ type, W_x, W_h, b, b_h }) => ({
      type,
      units: W_h.shape[0],
      W_x: matrix(W_x),
      W_h: matrix(W_h),
      b: vector(b),
      b_h: b_h && vector(b_h),
    })),
    output: { W: matrix(output.W), b: vector(output.b) },
  };
}
