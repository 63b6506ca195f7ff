// The tab "read a review": text, tokens, charts, stepping.

function drawReview() {
  const reading = currentReading();
  state.position = Math.min(state.position, reading.visible.length - 1);
  drawTokens(byId("tokens"), reading, chooseToken);
  drawVerdict(byId("verdict"), reading);
  byId("reading").hidden = reading.noScore !== null;
  if (reading.noScore) return stop();
  drawCharts(reading);
  drawPosition();
}

function drawVerdict(node, reading) {
  if (reading.noScore) {
    return replace(node, element("p", { class: "no-score" }, text(reading.noScore)));
  }
  const p = reading.probability;
  const meter = element("i");
  meter.style.width = `${100 * p}%`;
  replace(
    node,
    element(
      "div",
      { class: "score" },
      element("b", {}, number(p)),
      element("span", {}, labelOf(reading.run, p > 0.5 ? 1 : 0)),
    ),
    element("div", { class: "meter", "aria-hidden": "true" }, meter),
    element("small", {}, text("verdict", { label: labelOf(reading.run, 1) })),
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
  const label = labelOf(reading.run, 1);
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", text("chart_label", { units, label }));
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
  const p = number(reading.trace.probabilities[step.t]);
  const { timesteps } = reading.run.settings;
  const now = text("now", { t: step.t + 1, timesteps, word: wordOf(step), p });
  byId("now").textContent = now;
  slider.setAttribute("aria-valuetext", now);
  byId("tokens").querySelector(".now")?.classList.remove("now");
  byId("tokens").querySelector(`[data-place="${step.place}"]`)?.classList.add("now");
  moveCursor(reading);
  drawUnfolded(byId("unfolded"), reading);
  drawEquation(byId("equation"), reading);
}

function moveCursor(reading) {
  const inner = widthOf(byId("chart")) - MARGIN.l - MARGIN.r;
  const width = inner / reading.visible.length;
  const { style } = byId("cursor");
  style.left = `${MARGIN.l + state.position * width}px`;
  style.width = `${Math.max(2, width)}px`;
  style.bottom = `${labelRoom(areNamed(reading.visible, inner))}px`;
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
  const last = currentReading().visible.length - 1;
  state.position = Math.max(0, Math.min(position, last));
  drawPosition();
  showToken();
}

// Scrolls the box of tokens, not the page, to the word that is read.
function showToken() {
  const box = byId("tokens");
  const now = box.querySelector(".now");
  if (!now || box.scrollHeight <= box.clientHeight) return;
  box.scrollTop = now.offsetTop - box.clientHeight / 2;
}

function moveUnit(by) {
  const units = page.runs[state.run].network.recurrent[state.layer].units;
  const now = state.unit === "output" ? -1 : state.unit;
  const next = Math.max(-1, Math.min(now + by, units - 1));
  state.unit = next < 0 ? "output" : next;
  drawPosition();
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
