// The tab "training": the run's curves beside what the book's author printed.

// The author's results with this model: those with its words and edition, else all.
function authorsResults(settings) {
  const ofModel = page.results.filter((result) => result.model === settings.model);
  const same = ofModel.filter(
    (result) => result.words === settings.words && result.edition === settings.edition,
  );
  return same.length ? same : ofModel;
}

function drawTrainingTab() {
  const run = page.runs[state.run];
  const reruns = page.beside[state.run].map((k) => page.results[k]);
  const others = run.learned ? "learned" : ({ imdb: "other" }[run.data] ?? run.data);
  const which = reruns.length ? "author" : others;
  const notes = [
    text("training_note"),
    text(`training_note_${which}`, { cells: page.cells }),
  ];
  byId("training-note").textContent = notes.join(" ");
  drawTraining(byId("chart-training"), run, reruns);
  drawResults(byId("training-table"), run, authorsResults(run.settings));
}

function drawResults(node, run, results) {
  const best = run.best_epoch - 1;
  const keys = [
    "result",
    "words_column",
    "edition_column",
    "validation_loss",
    "validation_accuracy",
    "best_epoch",
    "epochs_run",
  ];
  const row = (kind, cells) =>
    element(
      "tr",
      { class: kind },
      element("th", {}, cells[0]),
      ...cells.slice(1).map((cell) => element("td", {}, cell)),
    );
  const own = [
    text("this_run", { name: run.name }),
    String(run.settings.words),
    String(run.settings.edition ?? "–"),
    run.history.val_loss[best]?.toFixed(4) ?? "–",
    run.history.val_accuracy[best]?.toFixed(4) ?? "–",
    String(run.best_epoch),
    String(run.history.loss.length),
  ];
  const authors = results.map((result) => [
    text("author_rerun", result),
    String(result.words),
    String(result.edition),
    result.loss.toFixed(4),
    result.accuracy.toFixed(4),
    String(result.best_epoch),
    String(result.epochs),
  ]);
  replace(
    node,
    element(
      "table",
      { class: "plain figures" },
      element(
        "thead",
        {},
        element("tr", {}, ...keys.map((key) => element("th", {}, text(key)))),
      ),
      element("tbody", {}, row("own", own), ...authors.map((cells) => row("", cells))),
    ),
  );
}

// A rerun's curve, and after it a point without a value, which ends the line.
const pointsOf = (rerun, name) =>
  [...rerun[name], null].map((value, k) => ({
    epoch: k + 1,
    value,
    name: text("author_rerun", rerun),
    isBest: k + 1 === rerun.best_epoch,
  }));

// Loss and accuracy over the epochs, the author's validation curves behind them.
function drawTraining(node, run, reruns) {
  const width = widthOf(node);
  const narrow = width < 640;
  const epochs = run.history.loss.map((_, k) => k + 1);
  const hover = `%{text}, ${text("epoch")} %{x}: %{y}<extra></extra>`;
  const curve = (name, axis, dotted) => ({
    type: "scatter",
    mode: "lines",
    x: epochs,
    y: run.history[name],
    text: text(
      name.replace("val_", "validation_").replace(/^(?=loss|acc)/, "training_"),
    ),
    hovertemplate: hover,
    line: { ...lineStyle(dotted ? DOTTED : 0), color: lineColour(0) },
    ...axis,
  });
  const authors = (name, axis) => {
    const points = reruns.flatMap((rerun) => pointsOf(rerun, name));
    return {
      type: "scatter",
      mode: "lines+markers",
      x: points.map((point) => point.epoch),
      y: points.map((point) => point.value),
      text: points.map((point) => point.name),
      hovertemplate: hover,
      line: { color: colour("quiet"), width: 1 },
      marker: {
        symbol: `${page.theme.symbols[0]}-open`,
        size: 7,
        color: colour("quiet"),
        opacity: points.map((point) => (point.isBest ? 1 : 0)),
      },
      ...axis,
    };
  };
  const second = { xaxis: "x2", yaxis: "y2" };
  const epochAxis = (extra) =>
    fixedAxis({
      title: { text: text("epoch"), standoff: 4 },
      showgrid: false,
      ...extra,
    });
  const valueAxis = (name, extra) =>
    fixedAxis({ title: { text: text(name), standoff: 6 }, ...extra });
  const best = (xref, yref) => ({
    type: "line",
    xref,
    yref: `${yref} domain`,
    x0: run.best_epoch,
    x1: run.best_epoch,
    y0: 0,
    y1: 1,
    line: thin(),
  });
  const layout = baseLayout({
    width,
    height: narrow ? 620 : 360,
    margin: { ...MARGIN, l: 58, t: 12, b: 44 },
    hovermode: "closest",
    xaxis: epochAxis({ domain: narrow ? [0, 1] : [0, 0.44], anchor: "y" }),
    yaxis: valueAxis("loss", { domain: narrow ? [0.58, 1] : [0, 1] }),
    xaxis2: epochAxis({ domain: narrow ? [0, 1] : [0.56, 1], anchor: "y2" }),
    yaxis2: valueAxis("accuracy", {
      domain: narrow ? [0, 0.42] : [0, 1],
      anchor: "x2",
    }),
    shapes: [best("x", "y"), best("x2", "y2")],
  });
  const traces = [
    authors("val_loss", {}),
    curve("loss", {}, true),
    curve("val_loss", {}, false),
    authors("val_accuracy", second),
    curve("accuracy", second, true),
    curve("val_accuracy", second, false),
  ];
  return draw(node, traces, layout);
}
