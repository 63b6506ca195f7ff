// The same text as a worker: it trains, and tells the page what it has come to.
//
// In: {do: "start", run, settings, data}, then "run", "pause" or "step", and "rest" at a
// key press. Out: a report of that run, some ten times a second while it learns.

const BETWEEN_REPORTS = 90; // milliseconds; no epoch is shorter, so that it is seen
const REST = 200; // milliseconds after a key press, in which the page needs the processor
const MOST_EPOCHS = 200; // every epoch's weights are kept

function serve(port) {
  let run, training;
  let running = false;
  let turn = 0; // which "run" is at work; one before it is over
  let due = 0; // when the next report is
  let restUntil = 0;

  // `figures`: of the epoch that has just ended, or undefined.
  function report({ loss, length, epoch: figures } = {}) {
    const { network, epoch, step, steps, rows } = training;
    const ended = epoch >= MOST_EPOCHS;
    running &&= !ended;
    const now = { epoch, step, steps, rows, loss, length, running, ended };
    port.postMessage({ run, network, figures, ...now });
  }

  // Learns from one batch, reports if it is time, and lets messages in before the next.
  function work(mine) {
    if (!running || mine !== turn) return;
    const last = training.nextStep();
    const now = performance.now();
    let wait = now < restUntil ? BETWEEN_REPORTS : 0;
    if (last.epoch || now >= due) {
      report(last);
      wait = Math.max(wait, due - now);
      due = Math.max(now, due) + BETWEEN_REPORTS;
    }
    if (wait > 0) setTimeout(work, wait, mine);
    else next.port2.postMessage(mine);
  }

  // A message of its own comes back at once, a timer of 0 after 4 milliseconds.
  const next = new MessageChannel();
  next.port1.onmessage = ({ data }) => work(data);

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
      due = performance.now() + BETWEEN_REPORTS;
      work((turn += 1));
    },
    rest() {
      restUntil = performance.now() + REST;
    },
    pause() {
      running = false;
      report();
    },
    step() {
      running = false;
      if (training.epoch < MOST_EPOCHS) report(training.nextStep());
    },
  };
  port.onmessage = ({ data }) => actions[data.do](data);
}

if (typeof document === "undefined") serve(self);
