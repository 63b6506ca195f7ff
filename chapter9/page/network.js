// The network of sections 9-1 to 9-3 reads one review: what Keras computes, in the
// book's symbols, by the equations in engine/. Pure functions: no document, no state.

const initialState = (layer) => ({ h: zeros(layer.units), c: zeros(layer.units) });

// Reads `tokens` and keeps everything on the way:
//   layers[l].inputs[t]   x_t of layer l: a token id (one-hot) or numbers
//   layers[l].steps[t]    {h, ...} after timestep t, and the gates of an LSTM or GRU
//   outputs[t]            what the output layer says of h_t (output_layer.js)
//   neuron                of the label predicted after the last one, which counts
//   probabilities[t]      that neuron's
function runNetwork({ embedding, recurrent, output }, tokens) {
  const ids = tokens.map((token) => Int32Array.of(token));
  let inputs = embedding ? ids.map((id) => embed(id, embedding)) : ids;
  const layers = recurrent.map((layer, l) => {
    const steps = makeSteps(layer.type, tokens.length, 1, layer.units);
    runForward(layer, inputs, steps);
    const read = l === 0 && !embedding ? tokens : inputs;
    inputs = steps.map((step) => step.after.h);
    return {
      inputs: read,
      steps: steps.map((step) => ({ ...step.after, ...step.gates })),
    };
  });
  const outputs = inputs.map((h) => outputsOf(h, output));
  const neuron = predictedNeuron(outputs.at(-1));
  return { layers, outputs, neuron, probabilities: outputs.map((all) => all[neuron]) };
}

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
      units: W_x.shape[1] / CELLS[type].blocks,
      W_x: matrix(W_x),
      W_h: W_h && matrix(W_h),
      b: vector(b),
      b_h: b_h && vector(b_h),
    })),
    output: { W: matrix(output.W), b: vector(output.b) },
  };
}
