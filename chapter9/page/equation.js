// Where a neuron's number comes from, term by term. Pure functions: no document.

// The parts of a layer's matrices, in the order of their columns (Keras's order).
const GATES = {
  "simple-rnn": [{ name: "h", activation: "tanh" }],
  lstm: [
    { name: "i", activation: "sigmoid" },
    { name: "f", activation: "sigmoid" },
    { name: "g", activation: "tanh" },
    { name: "o", activation: "sigmoid" },
  ],
  gru: [
    { name: "z", activation: "sigmoid" },
    { name: "r", activation: "sigmoid" },
    { name: "g", activation: "tanh" },
  ],
};
const ACTIVATIONS = { tanh: Math.tanh, sigmoid };

// The terms x[j] W[j, column] of a product, and their sum.
function terms(x, W, column) {
  const weight = (row) => W.values[row * W.shape[1] + column];
  const list =
    typeof x === "number"
      ? [{ index: x, value: 1, weight: weight(x), product: weight(x) }]
      : Array.from(x, (value, index) => ({
          index,
          value,
          weight: weight(index),
          product: value * weight(index),
        }));
  return { terms: list, sum: list.reduce((sum, term) => sum + term.product, 0) };
}

// One neuron of layer l at timestep t: for every gate (SimpleRNN has one part only)
// the terms of x_t W_x and of h_(t-1) W_h, b, their sum `total` and its activation.
function explainNeuron(network, trace, l, t, unit) {
  const layer = network.recurrent[l];
  const x = trace.layers[l].inputs[t];
  const step = trace.layers[l].steps[t];
  const before = t > 0 ? trace.layers[l].steps[t - 1] : initialState(layer);
  const gates = GATES[layer.type].map(({ name, activation }, k) => {
    const column = k * layer.units + unit;
    const input = terms(x, layer.W_x, column);
    const recurrent = terms(before.h, layer.W_h, column);
    const bias = layer.b[column];
    const recurrentBias = layer.b_h ? layer.b_h[column] : 0;
    // In a GRU the reset gate scales what the candidate g sees of the hidden state.
    const scale = layer.type === "gru" && name === "g" ? step.r[unit] : 1;
    const total = input.sum + bias + scale * (recurrent.sum + recurrentBias);
    const value = ACTIVATIONS[activation](total);
    const parts = { input, recurrent, bias, recurrentBias, scale };
    return { name, activation, ...parts, total, value };
  });
  return {
    type: layer.type,
    gates,
    h: step.h[unit],
    hBefore: before.h[unit],
    c: step.c ? step.c[unit] : null,
    cBefore: before.c ? before.c[unit] : null,
  };
}

// The output neuron after timestep t: p = sigmoid(h_t w + b). Of more than two labels it
// is the predicted one's, and a softmax over all neurons makes p.
function explainOutput(network, trace, t) {
  const { neuron, outputs } = trace;
  const last = trace.layers[trace.layers.length - 1];
  const input = terms(last.steps[t].h, network.output.W, neuron);
  const bias = network.output.b[neuron];
  const total = input.sum + bias;
  const many = isMany(outputs[t]);
  const value = many ? outputs[t][neuron] : sigmoid(total);
  return { input, bias, total, value, activation: many ? "softmax" : "sigmoid" };
}
