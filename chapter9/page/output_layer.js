// The output layer of a model that reads: one sigmoid neuron, whose probability is that
// of label 1, or for more than two labels a softmax neuron each. Pure functions.

// -> the probability of label 1 alone, or that of every label.
function outputsOf(h, { W, b }, sample = 0) {
  const [units, count] = W.shape;
  const z = zeros(count).map((_, k) => {
    let sum = b[k];
    for (let j = 0; j < units; j++) sum += h[sample * units + j] * W.values[j * count + k];
    return sum;
  });
  if (count === 1) return z.map(sigmoid);
  const largest = Math.max(...z);
  const powers = z.map((one) => Math.exp(one - largest));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

const isMany = (outputs) => outputs.length > 1;

// The neuron of the predicted label; of two labels the only one there is.
const predictedNeuron = (outputs) => outputs.indexOf(Math.max(...outputs));

// The probability of all labels but one neuron's; as a sum it is never rounded to 0.
const othersOf = (outputs, neuron) =>
  isMany(outputs)
    ? outputs.reduce((sum, p, k) => (k === neuron ? sum : sum + p), 0)
    : 1 - outputs[0];

// How a label stands against all others: with a sigmoid neuron its z.
const logOdds = (outputs, neuron) =>
  Math.log(outputs[neuron] / othersOf(outputs, neuron));

// d logOdds / dh, (units,): each logit counts against the label as it is probable.
function logOddsSlope(outputs, neuron, { W }) {
  if (!isMany(outputs)) return W.values;
  const [units, count] = W.shape;
  const others = othersOf(outputs, neuron);
  const slopes = outputs.map((p, k) => (k === neuron ? 1 : -p / others));
  return zeros(units).map((_, j) =>
    slopes.reduce((sum, slope, k) => sum + slope * W.values[j * count + k], 0),
  );
}
