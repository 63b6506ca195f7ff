// The tab "read a review": text, tokens, charts, stepping.

function drawReview() {
  const reading = currentReading();
  state.position = Math.min(state.position, reading.visible.length - 1);
  drawTokens(byId("tokens"), reading, chooseToken, () => "", toldBelow(reading));
  byId("reading").hidden = byId("charts").hidden = reading.noScore !== null;
  if (reading.noScore) {
    drawVerdict(byId("verdict"), reading);
    return stop();
  }
  drawCharts(reading);
  drawPosition();
}

// What stands under the words: their tokens, or by how much each of them moved z.
function toldBelow(reading) {
  if (reading.noScore || state.below === "token") return undefined;
  const without =
    state.below === "without" && (reading.without ??= leaveOneOut(reading));
  const found = without
    ? new Map([...without].map(([place, one]) => [place, one.change]))
    : (reading.gradients ??= gradientTimesInput(reading));
  const largest = Math.max(...Array.from(found.values(), Math.abs)) || 1;
  return (place) => {
    const value = found.get(place);
    if (value === undefined) return null;
    const numbers = without && {
      word: reading.words[place].text,
      p: number(reading.probability),
      without: number(without.get(place).without),
    };
    const title = without ? text("without_word", numbers) : undefined;
    return { value: value / largest, shown: signed(value, 2), title };
  };
}

// The probability now, after the word that is looked at, and what it is at the end.
function drawVerdict(node, reading, step = null) {
  if (reading.noScore) {
    return replace(node, element("p", { class: "no-score" }, text(reading.noScore)));
  }
  const t = step ? step.t : reading.tokens.length - 1;
  const { p, label } = verdictAt(reading, t);
  const end = verdictAt(reading, reading.tokens.length - 1);
  const meter = element("i");
  meter.style.width = `${100 * p}%`;
  const last = !step || step === reading.visible.at(-1);
  const runnersUp = ranked(reading, t).slice(1, 3);
  const said = isMany(reading.trace.outputs[t])
    ? runnersUp.map((one) => `${number(one.p)} ${one.label}`).join(" · ")
    : text("verdict", { label: labelOf(reading.run, 1) });
  replace(
    node,
    element(
      "div",
      { class: "score" },
      element("b", {}, number(p)),
      element("span", {}, label),
    ),
    element("div", { class: "meter", "aria-hidden": "true" }, meter),
    element(
      "small",
      {},
      last
        ? said
        : text("verdict_at_end", { p: number(end.p), verdict: end.label }),
    ),
  );
}

function drawCharts(reading) {
  const node = byId("chart");
  const { layer, quantity } = state;
  const pins = state.pins.filter((pin) => pin.position < reading.visible.length);
  const cells = pins.filter(
    (pin) => pin.unit !== "output" && pin.layer === layer && pin.quantity === quantity,
  );
  const units = reading.trace.layers[layer].steps[0].h.length;
  const label = explainedLabel(reading);
  const key = isMany(reading.trace.outputs[0]) ? "chart_label_each" : "chart_label";
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", text(key, { units, label }));
  drawReading(node, reading, { layer, quantity, pins: cells });
  if (!node.listening) {
    node.listening = true;
    node.on("plotly_hover", (event) => showTooltip(event));
    node.on("plotly_unhover", hideTooltip);
    node.on("plotly_click", (event) => pinPoint(event.points[0]));
  }
  drawPins(reading, pins);
}

// Everything that moves with the word, without a redraw of the charts.
function drawPosition() {
  const reading = currentReading();
  if (reading.noScore) return;
  const step = currentStep();
  const slider = byId("position");
  slider.max = reading.visible.length - 1;
  slider.value = state.position;
  const verdict = verdictAt(reading, step.t);
  const many = isMany(reading.trace.outputs[step.t]);
  const p = `${number(verdict.p)}${many ? ` ${verdict.label}` : ""}`;
  const { timesteps } = reading.run.settings;
  const now = text("now", { t: step.t + 1, timesteps, word: wordOf(step), p });
  byId("now").textContent = now;
  slider.setAttribute("aria-valuetext", now);
  markToken(step);
  byId("padding-note").hidden = step.kind !== "padding";
  drawVerdict(byId("verdict"), reading, step);
  moveCursor(reading);
  const network = byId("unfolded");
  const focused = network.contains(document.activeElement);
  drawUnfolded(network, reading);
  if (focused) network.querySelector(".chosen")?.focus();
  drawEquation(byId("equation"), reading);
}

// The token that is read now is the one of its row that the Tab key comes to; where the
// focus is in the row, it goes along.
function markToken({ kind, place }) {
  const row = byId("tokens");
  const focused = row.contains(document.activeElement);
  const before = row.querySelector(".now");
  before?.classList.remove("now");
  for (const other of row.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  const now = row.querySelector(
    kind === "padding" ? ".padding" : `[data-place="${place}"]`,
  );
  if (!now) return;
  now.classList.add("now");
  now.tabIndex = 0;
  if (focused) now.focus();
}

function moveCursor(reading) {
  const inner = widthOf(byId("chart")) - MARGIN.l - MARGIN.r;
  const width = inner / reading.visible.length;
  const { style } = byId("cursor");
  style.left = `${MARGIN.l + state.position * width}px`;
  style.width = `${Math.max(2, width)}px`;
  style.bottom = `${labelRoom(areNamed(reading.visible))}px`;
}

function chooseToken(place) {
  const position = currentReading().visible.findIndex((step) => step.place === place);
  if (position >= 0) goTo(position);
}

function chooseNeuron(position, layer, unit) {
  const changed = layer !== state.layer;
  Object.assign(state, { position, layer, unit });
  if (changed) {
    drawQuantities();
    drawCharts(currentReading());
  }
  drawPosition();
}

function goTo(position) {
  const reading = currentReading();
  if (position < 0 && reading.padding && !state.withPadding) {
    return showPadding(true); // what was read before the first word
  }
  const last = reading.visible.length - 1;
  state.position = Math.max(0, Math.min(position, last));
  drawPosition();
  showToken();
}

// Makes the timesteps of the padding visible, or not; they are computed in any case.
function showPadding(shown) {
  const { padding } = currentReading();
  const words = state.withPadding ? state.position - padding : state.position;
  state.withPadding = shown;
  state.position = shown ? padding - 1 : Math.max(0, words);
  const atChip = document.activeElement?.matches("#tokens .padding");
  drawReview();
  if (atChip) byId("tokens").querySelector(".padding").focus();
}

// Scrolls the box of tokens, not the page, to the word that is read.
function showToken() {
  const box = byId("tokens");
  const now = box.querySelector(".now");
  if (!now || box.scrollHeight <= box.clientHeight) return;
  box.scrollTop = now.offsetTop - box.clientHeight / 2;
}

// Up and down through the output neuron and all layers, from the top.
function moveUnit(by) {
  const { recurrent } = page.runs[state.run].network;
  const last = recurrent.length - 1;
  const neurons = [[last, "output"]];
  for (let l = last; l >= 0; l--) {
    for (let unit = 0; unit < recurrent[l].units; unit++) neurons.push([l, unit]);
  }
  const now = neurons.findIndex(
    ([l, unit]) => l === state.layer && unit === state.unit,
  );
  const to = Math.max(0, Math.min(now + by, neurons.length - 1));
  chooseNeuron(state.position, ...neurons[to]);
}

function togglePlay() {
  if (state.playing) return stop();
  const end = () => currentReading().visible.length - 1;
  if (state.position >= end()) goTo(0);
  state.playing = setInterval(() => {
    if (state.position >= end()) stop();
    else goTo(state.position + 1);
  }, LIGHT_UP);
  drawPlay();
}

function stop() {
  clearInterval(state.playing);
  state.playing = null;
  drawPlay();
}

function drawPlay() {
  const key = state.playing ? "pause" : "play";
  const icon = state.playing ? "⏸" : "▶";
  byId("play").textContent = `${icon} ${text(key)}`;
  byId("play").setAttribute("aria-label", text(key));
}

// The select of what the heat map shows: of each layer h, and the gates if it has any.
function drawQuantities() {
  const { recurrent } = page.runs[state.run].network;
  const options = recurrent.flatMap((layer, l) =>
    QUANTITIES[layer.type].map((name) => {
      const label = text(`quantity_${name}`);
      const full = text("layer_quantity", { layer: l + 1, name: label });
      const chosen = l === state.layer && name === state.quantity;
      return element(
        "option",
        { value: `${l} ${name}`, selected: chosen && "" },
        recurrent.length > 1 ? full : label,
      );
    }),
  );
  replace(byId("quantity"), options);
}
