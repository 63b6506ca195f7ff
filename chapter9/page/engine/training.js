// Training, one batch at a time, with the figures of every epoch as Keras's fit has them.

const EVALUATED = 256; // reviews in a batch of the validation

// data: {training, validation}, each {tokens: Int32Array (reviews * timesteps), labels}.
class Training {
  constructor(settings, data) {
    Object.assign(this, { settings, data, epoch: 0, step: 0, room: new Map() });
    this.random = randomFrom(settings.seed);
    this.network = initialNetwork(settings, this.random);
    this.optimizer = new OPTIMIZERS[settings.optimizer](settings.rate);
    this.history = [];
    this.startEpoch();
  }

  startEpoch() {
    this.order = shuffled(this.data.training.labels.length, this.random);
    this.sums = { loss: 0, right: 0, seen: 0 };
    this.step = 0;
  }

  get steps() {
    return Math.ceil(this.order.length / this.settings.batch);
  }

  // The rows of the next batch, which `nextStep` will learn from.
  get rows() {
    const { batch } = this.settings;
    return this.order.subarray(this.step * batch, (this.step + 1) * batch);
  }

  // One batch forward, back, and the weights moved. Returns its loss and, at the end of
  // an epoch, the epoch's figures.
  nextStep() {
    const { tokens, labels } = this.batch(this.data.training, this.rows);
    const done = forward(this.network, tokens, this.stepsFor(labels.length));
    const { loss, right } = score(done.probabilities, labels);
    const gradients = backward(this.network, done, labels);
    const length = clip(gradients, this.settings.clip);
    this.optimizer.update(variablesOf(this.network), gradients);
    this.sums.loss += loss;
    this.sums.right += right;
    this.sums.seen += labels.length;
    this.step += 1;
    const ended = this.step === this.steps;
    return {
      loss: loss / labels.length,
      length,
      epoch: ended ? this.endEpoch() : null,
    };
  }

  endEpoch() {
    const { loss, right, seen } = this.sums;
    const validation = this.evaluate(this.data.validation);
    const figures = {
      loss: loss / seen,
      accuracy: right / seen,
      val_loss: validation.loss,
      val_accuracy: validation.accuracy,
    };
    this.history.push(figures);
    this.epoch += 1;
    this.startEpoch();
    return figures;
  }

  evaluate(reviews) {
    const total = { loss: 0, right: 0 };
    const count = reviews.labels.length;
    for (let from = 0; from < count; from += EVALUATED) {
      const size = Math.min(EVALUATED, count - from);
      const rows = Int32Array.from({ length: size }, (_, k) => from + k);
      const { tokens, labels } = this.batch(reviews, rows);
      const { probabilities } = forward(this.network, tokens, this.stepsFor(size));
      const { loss, right } = score(probabilities, labels);
      total.loss += loss;
      total.right += right;
    }
    return { loss: total.loss / count, accuracy: total.right / count };
  }

  batch(reviews, rows) {
    return batchOf(reviews, rows, this.settings.timesteps);
  }

  stepsFor(batch) {
    const { cell, timesteps, units } = this.settings;
    if (!this.room.has(batch)) {
      this.room.set(batch, makeSteps(cell, timesteps, batch, units));
    }
    return this.room.get(batch);
  }
}

// Some reviews, timestep after timestep.
function batchOf({ tokens, labels }, rows, timesteps) {
  const at = (t) => Int32Array.from(rows, (row) => tokens[row * timesteps + t]);
  return {
    tokens: Array.from({ length: timesteps }, (_, t) => at(t)),
    labels: Float64Array.from(rows, (row) => labels[row]),
  };
}

// 0 ... count - 1 in random order (Fisher and Yates).
function shuffled(count, random) {
  const order = Int32Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1));
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}
