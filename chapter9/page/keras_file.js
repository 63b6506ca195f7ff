// A network that was trained in the page as a .keras file: a zip of config.json,
// metadata.json and model.weights.h5, which Keras and models.load read.
//
// One-hot words are rows of numbers in it, (timesteps, words), as in section 9-2; with an
// embedding it takes token ids, (timesteps,).

const KERAS_VERSION = "3.10.0"; // the lowest of pyproject.toml
const RECURRENT = { activation: "tanh", use_bias: true, return_sequences: false };
const GATED = { ...RECURRENT, recurrent_activation: "sigmoid" };
const KINDS = {
  "simple-rnn": { name: "simple_rnn", kind: "SimpleRNN", options: RECURRENT },
  lstm: { name: "lstm", kind: "LSTM", options: GATED },
  gru: { name: "gru", kind: "GRU", options: { ...GATED, reset_after: true } },
};
const SIGMOID_NEURON = { units: 1, activation: "sigmoid", use_bias: true };

function kerasFile(network, timesteps) {
  const { layers, weights } = inKerasTerms(network, timesteps);
  const config = { name: "sequential", trainable: true, layers };
  const model = { module: "keras", class_name: "Sequential", config };
  const json = (content) => new TextEncoder().encode(JSON.stringify(content));
  return zipFile({
    "metadata.json": json({ keras_version: KERAS_VERSION }),
    "config.json": json({ ...model, registered_name: null }),
    "model.weights.h5": hdf5File({ layers: weights }),
  });
}

// The layers as Keras serializes them, and the weights of each by its group's name.
function inKerasTerms({ embedding, recurrent: [cell], output }, timesteps) {
  const { type, units, W_x } = cell;
  const takes = embedding ? [timesteps] : [timesteps, W_x.shape[0]];
  const dtype = embedding ? "int32" : "float32";
  const input = { batch_shape: [null, ...takes], dtype };
  const layers = [serialized("input_layer", "InputLayer", input)];
  const weights = {};
  if (embedding) {
    const [input_dim, output_dim] = embedding.shape;
    layers.push(serialized("embedding", "Embedding", { input_dim, output_dim }));
    weights.embedding = variables(embedding);
  }
  const outputWeights = variables(output.W, vector(output.b));
  if (type === "bag-of-words") {
    // tanh(mean of x_t W_x, + b): the mean over the timesteps, then a dense layer.
    const mean = { data_format: "channels_last", keepdims: false };
    const tanh = { units, activation: "tanh", use_bias: true };
    layers.push(serialized("mean", "GlobalAveragePooling1D", mean));
    layers.push(serialized("dense", "Dense", tanh));
    layers.push(serialized("dense_1", "Dense", SIGMOID_NEURON));
    weights.dense = variables(W_x, vector(cell.b));
    weights.dense_1 = outputWeights;
  } else {
    const { name, kind, options } = KINDS[type];
    layers.push(serialized(name, kind, { units, ...options }));
    layers.push(serialized("dense", "Dense", SIGMOID_NEURON));
    weights[name] = { cell: variables(W_x, cell.W_h, biasOf(cell)) };
    weights.dense = outputWeights;
  }
  return { layers, weights };
}

const serialized = (name, class_name, config) => ({
  module: "keras.layers",
  class_name,
  config: { name, ...config },
  registered_name: null,
});

const variables = (...all) => ({ vars: { ...all } }); // {0: the first, 1: the second}
const vector = (values) => ({ shape: [values.length], values });

// A GRU of Keras has its two biases as two rows.
const biasOf = ({ b, b_h }) =>
  b_h ? { shape: [2, b.length], values: [...b, ...b_h] } : vector(b);
