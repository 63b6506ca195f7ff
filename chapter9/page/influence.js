// Which words decided it: what each word adds to the probability of the label that the
// page explains, label 1 or of more than two the predicted one. Pure functions.

// The outputs of many reviews at once; rows[sample][t] is a token.
function outputsOfMany({ embedding, recurrent, output }, rows) {
  const timesteps = rows[0].length;
  let inputs = Array.from({ length: timesteps }, (_, t) =>
    Int32Array.from(rows, (tokens) => tokens[t]),
  );
  if (embedding) inputs = inputs.map((ids) => embed(ids, embedding));
  for (const layer of recurrent) {
    const steps = makeSteps(layer.type, timesteps, rows.length, layer.units);
    runForward(layer, inputs, steps);
    inputs = steps.map((step) => step.after.h);
  }
  return rows.map((_, sample) => outputsOf(inputs.at(-1), output, sample));
}

// -> Map from a word's place to {without, change}: P of the review without this word, and
// by how much the word raises z, where P = sigmoid(z). P itself hardly moves near 0 or 1.
// (Of a softmax neuron that z is the label's logit against those of all others.)
function leaveOneOut({ run, words, visible, special, trace }) {
  const { neuron, outputs } = trace;
  const { timesteps } = run.settings;
  const places = visible.map((step) => step.place).filter((place) => place >= 0);
  if (!places.length) return new Map();
  const rows = places.map((place) => {
    const others = words.filter((_, other) => other !== place);
    return cropAndPad(others, timesteps, special).tokens;
  });
  const scores = outputsOfMany(run.network, rows);
  const z = logOdds(outputs.at(-1), neuron);
  return new Map(
    places.map((place, k) => [
      place,
      { without: scores[k][neuron], change: z - logOdds(scores[k], neuron) },
    ]),
  );
}

// -> Map from a word's place to x_t . dz/dx_t, where P = sigmoid(z): how the last logit
// changes if all numbers of this word grow by the same share.
function gradientTimesInput({ run, tokens, visible, trace }) {
  const { embedding, recurrent, output } = run.network;
  const ids = tokens.map((token) => Int32Array.of(token));
  const layers = [];
  let inputs = embedding ? ids.map((id) => embed(id, embedding)) : ids;
  for (const layer of recurrent) {
    const steps = makeSteps(layer.type, tokens.length, 1, layer.units);
    runForward(layer, inputs, steps);
    layers.push({ layer, inputs, steps });
    inputs = steps.map((step) => step.after.h);
  }
  const slope = logOddsSlope(trace.outputs.at(-1), trace.neuron, output);
  layers.at(-1).steps.at(-1).d.h.set(slope);
  let upstream;
  for (const { layer, inputs, steps } of layers.toReversed()) {
    if (upstream) steps.at(-1).d.h.set(upstream.at(-1));
    runBackward(layer, steps, upstream);
    upstream = steps.map((step, t) => {
      if (inputs[t] instanceof Int32Array) return null; // the one-hot row: below
      const dx = zeros(inputs[t].length);
      addToInput(dx, step.dp, layer.W_x);
      return dx;
    });
  }
  const [{ layer, inputs: x, steps }] = layers;
  const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  const oneHot = (t) => {
    const rows = steps[t].dp.map(() => zeros(layer.units));
    addProduct(rows, x[t], layer.W_x);
    return rows.reduce((sum, row, gate) => sum + dot(row, steps[t].dp[gate]), 0);
  };
  return new Map(
    visible
      .filter(({ place }) => place >= 0)
      .map(({ t, place }) => [place, upstream[t] ? dot(upstream[t], x[t]) : oneHot(t)]),
  );
}
