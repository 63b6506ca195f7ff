// The same text as a worker: it trains, and tells the page what it has come to.
//
// In: {do: "start", run, settings, data}, then "run", "pause" or "step". Out: a report of
// that run, some ten times a second while it learns.

const BETWEEN_REPORTS = 90; // milliseconds; no epoch is shorter, so that it is seen
const MOST_EPOCHS = 200; // every epoch's weights are kept

function serve(port) {
  let run, training, timer;
  let running = false;

  // `figures`: of the epoch that has just ended, or undefined.
  function report({ loss, length, epoch: figures } = {}) {
    const { network, epoch, step, steps, rows } = training;
    const ended = epoch >= MOST_EPOCHS;
    running &&= !ended;
    const now = { epoch, step, steps, rows, loss, length, running, ended };
    port.postMessage({ run, network, figures, ...now });
  }

  // Learns until it is time to report, then lets messages in before it goes on.
  function work() {
    if (!running) return;
    const until = performance.now() + BETWEEN_REPORTS;
    let last;
    do last = training.nextStep();
    while (!last.epoch && performance.now() < until);
    report(last);
    timer = setTimeout(work, Math.max(0, until - performance.now()));
  }

  const actions = {
    start(message) {
      running = false;
      run = message.run;
      training = new Training(message.settings, message.data);
      report();
    },
    run() {
      if (running || training.epoch >= MOST_EPOCHS) return;
      running = true;
      work();
    },
    pause() {
      running = false;
      clearTimeout(timer);
      report();
    },
    step() {
      running = false;
      clearTimeout(timer);
      if (training.epoch < MOST_EPOCHS) report(training.nextStep());
    },
  };
  port.onmessage = ({ data }) => actions[data.do](data);
}

if (typeof document === "undefined") serve(self);
