// A bag of words beside the networks of the tab "compare". It is trained here, on the
// sample's reviews, in a worker of its own, and reads A and B: the order of their words
// is what it cannot see.

const bag = { run: null, facts: null };
const BAG_EPOCHS = 5; // single words of the sample tell nothing, however long it learns

async function trainBag() {
  byId("bag-train").disabled = true;
  const settings = { ...DEFAULTS, ...TASKS.sample.defaults, cell: "bag-of-words" };
  const loaded = await loadTask.sample(settings.timesteps);
  const { training, validation } = loaded;
  let epochs = 0;
  const worker = startWorker(({ figures, network }) => {
    if (figures) epochs += 1;
    if (epochs < BAG_EPOCHS) return;
    worker.terminate();
    bag.facts = {
      right: percent(figures.val_accuracy),
      training: thousands(training.labels.length),
      validation: thousands(validation.labels.length),
    };
    bag.run = runOf({ task: "sample", settings, loaded }, network);
    if (state.tab === "compare") drawCompare();
  });
  const data = { training, validation };
  const words = TASKS.sample.words;
  worker.postMessage({
    do: "start",
    run: 0,
    settings: { ...settings, words },
    data,
  });
  worker.postMessage({ do: "run" });
}

// What it says of both reviews, and how often it is right.
function drawBag(reviews) {
  byId("bag-train").hidden = bag.run !== null;
  if (!bag.run) return;
  const readings = reviews.map((review) => computeReading(bag.run, review));
  const said = readings.some((reading) => reading.noScore)
    ? text("no_comparison")
    : text("bag_said", {
        a: number(readings[0].probability),
        b: number(readings[1].probability),
      });
  byId("bag-said").textContent = `${said} ${text("bag_right", bag.facts)}`;
}
