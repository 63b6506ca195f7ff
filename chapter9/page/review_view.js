// The tab "read a review": text, tokens, charts, stepping.

const MOST_CUT_WORDS = 300; // shown of the words that are cut off

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
    element("div", { class: "score" }, element("b", {}, number(p)),
      element("span", {}, text(p > 0.5 ? "positive" : "negative"))),
    element("div", { class: "meter", "aria-hidden": "true" }, meter),
    element("small", {}, text("verdict")),
  );
}

// Words as the network sees them; `choose(place)` when one that it reads is clicked.
function drawTokens(node, reading, choose, marked = () => "") {
  const { words, padding, cutOff } = reading;
  const chips = [];
  if (padding) chips.push(chip("padding", `0 × ${padding}`, text("padding")));
  if (cutOff) chips.push(cutWords(words.slice(0, cutOff)));
  if (reading.visible[0].text === null) {
    chips.push(["start", text("start"), START, -1, ""]);
  }
  words.slice(cutOff).forEach((word, k) => {
    const place = cutOff + k;
    const kind = word.token === null ? "dropped" : word.token === UNKNOWN ? "unknown" : "known";
    chips.push([kind, word.text, word.token ?? "–", place, marked(place)]);
  });
  node.choose = choose;
  update(node, chips);
}

// Only what changed is made anew: of a hundred words a key press changes one.
function update(node, chips) {
  chips.forEach((wanted, k) => {
    const old = node.children[k];
    const isButton = Array.isArray(wanted);
    const signature = isButton && wanted.join(" ");
    if (isButton && old?.signature === signature) return;
    const made = isButton ? button(node, ...wanted) : wanted;
    made.signature = signature;
    if (old) old.replaceWith(made);
    else node.append(made);
  });
  while (node.children.length > chips.length) node.lastChild.remove();
}

const chip = (kind, word, below) =>
  element("span", { class: `token ${kind}` }, word, element("small", {}, below));

function button(node, kind, word, token, place, mark) {
  const onclick = () => node.choose(place);
  const attributes = { type: "button", class: `token ${kind} ${mark}`, "data-place": place, onclick };
  const shown = word.length > 40 ? `${word.slice(0, 39)}…` : word;
  return element("button", attributes, shown, element("small", {}, String(token)));
}

function cutWords(words) {
  const shown = words.slice(-MOST_CUT_WORDS).map((word) => word.text).join(" ");
  return element("details", { class: "token cut" },
    element("summary", {}, `… ${text("cut_off", { n: thousands(words.length) })}`),
    element("span", {}, shown));
}

function drawMarks() {
  const { timesteps } = loaded(state.run).settings;
  replace(byId("marks"), ["known", "unknown", "dropped", "cut"].map((kind) =>
    element("span", {}, element("i", { class: `token ${kind}` }, "abc"), " ",
      text(`mark_${kind}`, { timesteps }))));
}

function drawCharts(reading) {
  const node = byId("chart");
  const { layer, quantity } = state;
  const pins = state.pins.filter((pin) => pin.position < reading.visible.length);
  const cells = pins.filter(
    (pin) => pin.unit !== "output" && pin.layer === layer && pin.quantity === quantity,
  );
  const units = reading.trace.layers[layer].steps[0].h.length;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", text("chart_label", { units }));
  drawReading(node, reading, { layer, quantity, pins: cells });
  if (!node.listening) {
    node.listening = true;
    node.on("plotly_hover", (event) => showTooltip(event));
    node.on("plotly_unhover", hideTooltip);
    node.on("plotly_click", (event) => pinPoint(event.points[0]));
  }
  drawPins(reading, pins);
}

// What a point of the chart stands for: a neuron's cell, or the probability.
function pointOf(point) {
  const cell = point.data.type === "heatmap";
  const position = Math.round(point.x);
  const unit = cell ? Math.round(point.y) - 1 : "output";
  return { position, unit, layer: state.layer, quantity: state.quantity };
}

function describe(pin, reading) {
  const step = reading.visible[pin.position];
  const word = wordOf(step);
  if (pin.unit === "output") {
    return text("pin_p", { word, value: number(reading.trace.probabilities[step.t]) });
  }
  const values = reading.trace.layers[pin.layer].steps[step.t][pin.quantity];
  const name = text(`quantity_${pin.quantity}`);
  return text("pin", { word, unit: pin.unit + 1, name, value: number(values[pin.unit]) });
}

function pinPoint(point) {
  const pin = pointOf(point);
  const same = (other) => JSON.stringify(other) === JSON.stringify(pin);
  if (!state.pins.some(same)) state.pins.push(pin);
  if (state.pins.length > 12) state.pins.shift();
  state.position = pin.position;
  state.unit = pin.unit;
  drawCharts(currentReading());
  drawPosition();
}

function drawPins(reading, pins) {
  replace(byId("pins"), pins.map((pin) => {
    const remove = () => {
      state.pins = state.pins.filter((other) => other !== pin);
      drawCharts(currentReading());
    };
    const label = `${text("unpin")}: ${describe(pin, reading)}`;
    return element("li", {}, describe(pin, reading),
      element("button", { type: "button", onclick: remove, "aria-label": label }, "×"));
  }));
}

function showTooltip({ event, points }) {
  const pin = pointOf(points[0]);
  const reading = currentReading();
  if (pin.position >= reading.visible.length) return;
  const node = byId("tooltip");
  node.textContent = describe(pin, reading);
  node.hidden = false;
  const left = Math.min(event.clientX + 14, window.innerWidth - node.offsetWidth - 8);
  node.style.left = `${Math.max(8, left)}px`;
  node.style.top = `${event.clientY + 16}px`;
}

const hideTooltip = () => (byId("tooltip").hidden = true);

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
}

function moveUnit(by) {
  const units = loaded(state.run).network.recurrent[state.layer].units;
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
  const { recurrent } = loaded(state.run).network;
  const options = recurrent.flatMap((layer, l) =>
    QUANTITIES[layer.type].map((name) => {
      const label = text(`quantity_${name}`);
      const full = text("layer_quantity", { layer: l + 1, name: label });
      const chosen = l === state.layer && name === state.quantity;
      return element("option", { value: `${l} ${name}`, selected: chosen && "" },
        recurrent.length > 1 ? full : label);
    }));
  replace(byId("quantity"), options);
}
