// The optimizers as Keras has them, defaults included: `update` changes the variables.

const DECAY = 0.9; // RMSprop's rho
const [BETA_1, BETA_2] = [0.9, 0.999]; // adam's
const EPSILON = 1e-7;

// v = rho v + (1 - rho) g^2,  w = w - rate g / sqrt(v + epsilon)
class RMSprop {
  constructor(rate) {
    Object.assign(this, { rate, velocities: {} });
  }

  update(variables, gradients) {
    for (const [name, w] of Object.entries(variables)) {
      const [g, v] = [gradients[name], (this.velocities[name] ??= zeros(w.length))];
      for (let k = 0; k < w.length; k++) {
        v[k] = DECAY * v[k] + (1 - DECAY) * g[k] * g[k];
        w[k] -= (this.rate * g[k]) / Math.sqrt(v[k] + EPSILON);
      }
    }
  }
}

// m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2, both corrected for their start at 0,
// w = w - rate m / (sqrt(v) + epsilon)
class Adam {
  constructor(rate) {
    Object.assign(this, { rate, steps: 0, means: {}, velocities: {} });
  }

  update(variables, gradients) {
    this.steps += 1;
    const correction = Math.sqrt(1 - BETA_2 ** this.steps) / (1 - BETA_1 ** this.steps);
    for (const [name, w] of Object.entries(variables)) {
      const g = gradients[name];
      const m = (this.means[name] ??= zeros(w.length));
      const v = (this.velocities[name] ??= zeros(w.length));
      for (let k = 0; k < w.length; k++) {
        m[k] += (1 - BETA_1) * (g[k] - m[k]);
        v[k] += (1 - BETA_2) * (g[k] * g[k] - v[k]);
        w[k] -= (this.rate * correction * m[k]) / (Math.sqrt(v[k]) + EPSILON);
      }
    }
  }
}

// w = w - rate g
class SGD {
  constructor(rate) {
    this.rate = rate;
  }

  update(variables, gradients) {
    for (const [name, w] of Object.entries(variables)) {
      for (let k = 0; k < w.length; k++) w[k] -= this.rate * gradients[name][k];
    }
  }
}

const OPTIMIZERS = { rmsprop: RMSprop, adam: Adam, sgd: SGD };

const squares = (array) => array.reduce((sum, value) => sum + value * value, 0);
const lengthOf = (arrays) =>
  Math.sqrt(arrays.reduce((sum, array) => sum + squares(array), 0));

// All gradients together made no longer than `limit` (0: any), their direction kept:
// Keras's global_clipnorm. Returns their length before.
function clip(gradients, limit) {
  const arrays = Object.values(gradients).filter(Boolean);
  const length = lengthOf(arrays);
  if (limit && length > limit) {
    for (const array of arrays) {
      for (let k = 0; k < array.length; k++) array[k] *= limit / length;
    }
  }
  return length;
}
