// The same text as a worker: it trains, and tells the page what it has come to.
//
// In: {do: "start", settings, data}, then "run", "pause" or "step". Out: a report, some
// ten times a second while it runs.

const BETWEEN_REPORTS = 90; // milliseconds
const MOST_EPOCHS = 200; // every epoch's weights are kept

function serve(port) {
  let training;
  let running = false;

  function report(last, epochs) {
    const { network, epoch, step, steps } = training;
    const ended = training.epoch >= MOST_EPOCHS;
    running &&= !ended;
    port.postMessage({ network, epoch, step, steps, ...last, epochs, running, ended });
  }

  // Learns until it is time to report, then lets messages in before it goes on.
  function work() {
    if (!running) return;
    const until = performance.now() + BETWEEN_REPORTS;
    const epochs = [];
    let last;
    do {
      last = training.nextStep();
      if (last.epoch) epochs.push(snapshot(last.epoch));
    } while (performance.now() < until && training.epoch < MOST_EPOCHS);
    report({ loss: last.loss, length: last.length }, epochs);
    setTimeout(work);
  }

  const snapshot = (figures) => ({ figures, network: structuredClone(training.network) });

  const actions = {
    start({ settings, data }) {
      running = false;
      training = new Training(settings, data);
      report({}, [{ figures: null, network: training.network }]);
    },
    run() {
      if (running || training.epoch >= MOST_EPOCHS) return;
      running = true;
      work();
    },
    pause() {
      running = false;
      report({}, []);
    },
    step() {
      running = false;
      const { loss, length, epoch } = training.nextStep();
      report({ loss, length }, epoch ? [snapshot(epoch)] : []);
    },
  };
  port.onmessage = ({ data }) => actions[data.do](data);
}

if (typeof document === "undefined") serve(self);
