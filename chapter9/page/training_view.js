// The tab "training": the run's curves beside what the book's author printed.

// The author's reruns of this model: those with the same words and edition, else all.
function authorsResults(settings) {
  const ofModel = page.results.filter((result) => result.name === settings.model);
  const same = ofModel.filter(
    (result) => result.words === settings.words && result.edition === settings.edition,
  );
  return same.length ? same : ofModel;
}

function drawTrainingTab() {
  const run = loaded(state.run);
  const results = authorsResults(run.settings);
  const note = run.data === "imdb" ? "training_note_imdb" : "training_note_sample";
  byId("training-note").textContent = text(note);
  drawTraining(byId("chart-training"), run, results);
  drawResults(byId("training-table"), run, results);
}

function drawResults(node, run, results) {
  const best = run.best_epoch - 1;
  const keys = ["result", "words_column", "edition_column", "validation_loss", "validation_accuracy", "best_epoch", "epochs_run"];
  const row = (kind, cells) =>
    element("tr", { class: kind }, element("th", {}, cells[0]),
      ...cells.slice(1).map((cell) => element("td", {}, cell)));
  const own = [
    text("this_run", { name: run.name }), String(run.settings.words), String(run.settings.edition),
    run.history.val_loss[best].toFixed(4), run.history.val_accuracy[best].toFixed(4),
    String(run.best_epoch), String(run.history.loss.length),
  ];
  const authors = results.map((result) => [
    text("author_rerun", result), String(result.words), String(result.edition),
    result.loss.toFixed(4), result.accuracy.toFixed(4), "", String(result.epochs ?? ""),
  ]);
  replace(node, element("table", { class: "plain figures" },
    element("thead", {}, element("tr", {}, ...keys.map((key) => element("th", {}, text(key))))),
    element("tbody", {}, row("own", own), ...authors.map((cells) => row("", cells)))));
}
