// The whole model of section 9-2, for a batch: token ids, one-hot or as an embedding,
// a recurrent layer, and one sigmoid neuron; the loss is the binary cross-entropy.
//
// A network is {embedding, recurrent: [layer], output: {W, b}}, as network.js has it.

const LEAST = 1e-7; // as far as Keras lets a probability come to 0 and to 1

const logitOf = (h, { W, b }, sample = 0) => {
  const units = W.values.length;
  let sum = b[0];
  for (let k = 0; k < units; k++) sum += h[sample * units + k] * W.values[k];
  return sum;
};

// Every array that training changes, by name, in Keras's order.
function variablesOf({ embedding, recurrent: [layer], output }) {
  const { W_x, W_h, b, b_h } = layer;
  const all = {
    E: embedding?.values,
    W_x: W_x.values,
    W_h: W_h?.values,
    b,
    b_h,
    W: output.W.values,
    b_out: output.b,
  };
  return Object.fromEntries(Object.entries(all).filter(([, values]) => values));
}

// tokens[t]: the ids of timestep t, Int32Array (batch,). Returns what `backward` needs.
function forward(network, tokens, steps) {
  const { embedding, recurrent, output } = network;
  const [layer] = recurrent;
  const inputs = embedding ? tokens.map((ids) => embed(ids, embedding)) : tokens;
  runForward(layer, inputs, steps);
  const { h } = steps.at(-1).after;
  const probabilities = zeros(tokens[0].length).map((_, sample) =>
    sigmoid(logitOf(h, output, sample)),
  );
  return { tokens, inputs, steps, probabilities };
}

function embed(ids, embedding) {
  const out = zeros(ids.length * embedding.shape[1]);
  addProduct([out], ids, embedding);
  return out;
}

// The gradient of the mean loss in each of `variablesOf`, by name.
function backward(network, { tokens, inputs, steps, probabilities }, labels) {
  const { embedding, recurrent, output } = network;
  const [layer] = recurrent;
  const last = steps.at(-1);
  // Sigmoid and cross-entropy together: dz = (p - y) / batch.
  const dz = probabilities.map((p, sample) => (p - labels[sample]) / labels.length);
  const d = { W: zeros(output.W.values.length), b_out: zeros(1) };
  addToKernel(d.W, last.after.h, [dz], output.W.shape);
  addToBias(d.b_out, [dz]);
  for (const gradient of Object.values(last.d)) gradient.fill(0);
  addToInput(last.d.h, [dz], output.W);
  runBackward(layer, steps);
  Object.assign(d, weightGradients(layer, inputs, steps));
  if (embedding) {
    d.E = zeros(embedding.values.length);
    steps.forEach((step, t) => {
      const dx = zeros(inputs[t].length);
      addToInput(dx, step.dp, layer.W_x);
      addToKernel(d.E, tokens[t], [dx], embedding.shape);
    });
  }
  return d;
}

// The sums over a batch of loss and of right answers.
function score(probabilities, labels) {
  let [loss, right] = [0, 0];
  probabilities.forEach((probability, sample) => {
    const p = Math.min(1 - LEAST, Math.max(LEAST, probability));
    loss -= labels[sample] ? Math.log(p) : Math.log(1 - p);
    right += Number(probability > 0.5 === labels[sample] > 0.5);
  });
  return { loss, right };
}
