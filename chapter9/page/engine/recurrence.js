// A cell over the timesteps: the loop forward, and the loop backward that mirrors it
// (back-propagation through time): chapter9/equations/recurrence.py.

const CELLS = {
  "simple-rnn": simpleRnn,
  lstm,
  gru,
  "bag-of-words": bagOfWords,
};

// Room for what every timestep computes, of a batch; used again for the next batch:
//   p, q, dp, dq      an array (batch, units) for each block of columns
//   before, after     the states around it by name; d, dBefore: the loss's gradient there
//   gates             by name
function makeSteps(type, timesteps, batch, units) {
  const cell = CELLS[type];
  const array = () => zeros(batch * units);
  const blocks = () => Array.from({ length: cell.blocks }, array);
  const named = (names) => Object.fromEntries(names.map((name) => [name, array()]));
  const steps = [];
  let before = named(cell.states); // zeros: h_0 = 0
  let dBefore = named(cell.states);
  for (let t = 0; t < timesteps; t++) {
    const [after, d] = [named(cell.states), named(cell.states)];
    const dp = blocks();
    const dq = cell.ownStateGradient ? blocks() : dp;
    const gates = named(cell.gates);
    const ends = { before, after, d, dBefore };
    steps.push({ timesteps, p: blocks(), q: blocks(), dp, dq, gates, ...ends });
    [before, dBefore] = [after, d];
  }
  return steps;
}

// From the first timestep to the last. `inputs[t]`: token ids of the batch (one-hot),
// Int32Array (batch,), or numbers, Float64Array (batch * features).
function runForward({ type, W_x, W_h, b, b_h }, inputs, steps) {
  const cell = CELLS[type];
  steps.forEach((step, t) => {
    fillWithBias(step.p, b);
    addProduct(step.p, inputs[t], W_x);
    if (W_h) {
      if (b_h) fillWithBias(step.q, b_h);
      else for (const q of step.q) q.fill(0);
      addProduct(step.q, step.before.h, W_h);
    }
    cell.forward(step);
  });
}

// From the last timestep to the first: dz of every timestep from dh of the last, which
// is in steps.at(-1).d.h already; the other gradients there are zero. Where every hidden
// state is an output, as below another layer, `upstream[t]` is what comes from there.
function runBackward({ type, W_h }, steps, upstream) {
  const cell = CELLS[type];
  for (let t = steps.length - 1; t >= 0; t--) {
    const step = steps[t];
    cell.backward(step);
    if (W_h) addToInput(step.dBefore.h, step.dq, W_h);
    if (upstream && t > 0) {
      const { h } = step.dBefore;
      for (let k = 0; k < h.length; k++) h[k] += upstream[t - 1][k];
    }
  }
}

// The weights' gradients: sums over the batch and over all timesteps.
function weightGradients({ W_x, W_h, b, b_h }, inputs, steps) {
  const d = {
    W_x: zeros(W_x.values.length),
    W_h: W_h && zeros(W_h.values.length),
    b: zeros(b.length),
    b_h: b_h && zeros(b_h.length),
  };
  steps.forEach((step, t) => {
    addToKernel(d.W_x, inputs[t], step.dp, W_x.shape);
    addToBias(d.b, step.dp);
    if (W_h) addToKernel(d.W_h, step.before.h, step.dq, W_h.shape);
    if (b_h) addToBias(d.b_h, step.dq);
  });
  return d;
}
