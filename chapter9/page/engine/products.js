// Products with a kernel, and their gradients: chapter9/equations/products.py.
//
// A matrix is {shape: [rows, columns], values}, row after row; a layer's arrays of one
// timestep are (batch, units), sample after sample. A kernel has a block of columns for
// each gate, and its product an array for each. All of these add to what is there.

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const zeros = (length) => new Float64Array(length);

// out += x W. A token id stands for its one-hot row, so its product is a row of W; -1
// stands for zeros, a padding that is no word.
function addProduct(outs, x, { shape: [inputs, columns], values }) {
  const units = columns / outs.length;
  const batch = outs[0].length / units;
  const oneHot = x instanceof Int32Array;
  outs.forEach((out, gate) => {
    for (let sample = 0; sample < batch; sample++) {
      const to = sample * units;
      if (oneHot) {
        const from = x[sample] * columns + gate * units;
        if (x[sample] < 0) continue;
        for (let k = 0; k < units; k++) out[to + k] += values[from + k];
        continue;
      }
      for (let j = 0; j < inputs; j++) {
        const factor = x[sample * inputs + j];
        const from = j * columns + gate * units;
        for (let k = 0; k < units; k++) out[to + k] += factor * values[from + k];
      }
    }
  });
}

// dx += dz W^T
function addToInput(dx, dzs, { shape: [inputs, columns], values }) {
  const units = columns / dzs.length;
  const batch = dx.length / inputs;
  dzs.forEach((dz, gate) => {
    for (let sample = 0; sample < batch; sample++) {
      for (let j = 0; j < inputs; j++) {
        const from = j * columns + gate * units;
        let sum = 0;
        for (let k = 0; k < units; k++)
          sum += dz[sample * units + k] * values[from + k];
        dx[sample * inputs + j] += sum;
      }
    }
  });
}

// dW += x^T dz, a sum over the batch; of a one-hot row only the word's row of W moves.
function addToKernel(dW, x, dzs, [inputs, columns]) {
  const units = columns / dzs.length;
  const batch = dzs[0].length / units;
  const oneHot = x instanceof Int32Array;
  dzs.forEach((dz, gate) => {
    for (let sample = 0; sample < batch; sample++) {
      const from = sample * units;
      if (oneHot) {
        const to = x[sample] * columns + gate * units;
        if (x[sample] < 0) continue;
        for (let k = 0; k < units; k++) dW[to + k] += dz[from + k];
        continue;
      }
      for (let j = 0; j < inputs; j++) {
        const factor = x[sample * inputs + j];
        const to = j * columns + gate * units;
        for (let k = 0; k < units; k++) dW[to + k] += factor * dz[from + k];
      }
    }
  });
}

// db += dz, a sum over the batch.
function addToBias(db, dzs) {
  const units = db.length / dzs.length;
  dzs.forEach((dz, gate) => {
    for (let at = 0; at < dz.length; at++) db[gate * units + (at % units)] += dz[at];
  });
}

// Every sample's row becomes b.
function fillWithBias(outs, b) {
  const units = b.length / outs.length;
  outs.forEach((out, gate) => {
    const row = b.subarray(gate * units, (gate + 1) * units);
    for (let at = 0; at < out.length; at += units) out.set(row, at);
  });
}
