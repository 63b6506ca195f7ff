// The network unfolded over time, as the book draws it: a column a timestep, W_x from
// below, W_h from the left, the output above. Columns already read are lit.

const MAX_UNITS = 12; // circles drawn of a layer; the chosen one is always among them
const SPACE = { neuron: 20, pad: 12, gap: 40, output: 58, input: 62, left: 56 };
SPACE.gates = { lstm: 62, gru: 30 }; // above the neurons; an LSTM's c_t above the gates

function drawUnfolded(node, reading) {
  const width = Math.max(280, widthOf(node));
  const { recurrent } = reading.run.network;
  const layers = reading.trace.layers.map((layer, l) => ({
    ...shownUnits(layer, l),
    type: recurrent[l].type,
  }));
  const geometry = measure(width, layers, reading.visible.length);
  const { height, columns, first } = geometry;
  const svg = svgElement("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "group",
    "aria-label": text("unfolded_title"),
  });
  svg.append(arrowHead());
  for (let k = 0; k < columns; k++) {
    const position = first + k;
    if (position >= reading.visible.length) break;
    svg.append(column(reading, geometry, layers, position, k));
  }
  svg.append(influences(reading, geometry, layers));
  replace(node, svg);
}

// Which neurons of a layer are drawn: all of them, or a window around the chosen one.
function shownUnits(layer, l) {
  const units = layer.steps[0].h.length;
  const count = Math.min(units, MAX_UNITS);
  const chosen = l === state.layer && state.unit !== "output" ? state.unit : 0;
  const from = Math.max(0, Math.min(chosen - count / 2, units - count)) | 0;
  return { units, from, count };
}

function measure(width, layers, steps) {
  const most = Math.max(2, Math.floor((width - SPACE.left) / 112));
  const columns = Math.min(most, steps, 6);
  const first = Math.max(0, Math.min(state.position - columns + 2, steps - columns));
  const pitch = (width - SPACE.left) / columns;
  let top = SPACE.output;
  const boxes = []; // of each layer; the last one stands on top
  for (let l = layers.length - 1; l >= 0; l--) {
    const gates = SPACE.gates[layers[l].type] ?? 0;
    const height = layers[l].count * SPACE.neuron + 2 * SPACE.pad + gates;
    boxes[l] = { top, height, gates };
    top += height + SPACE.gap;
  }
  const inputs = top;
  return { width, height: inputs + SPACE.input, columns, first, pitch, boxes, inputs };
}

const columnLeft = (geometry, k) => SPACE.left + k * geometry.pitch;
const boxWidth = (geometry) => Math.min(96, geometry.pitch - 36);
const centreX = (geometry, k) => columnLeft(geometry, k) + boxWidth(geometry) / 2;
const circleX = (geometry, k) => columnLeft(geometry, k) + 20;
const circleY = (geometry, l, row) =>
  geometry.boxes[l].top +
  geometry.boxes[l].gates +
  SPACE.pad +
  (row + 0.5) * SPACE.neuron;

function column(reading, geometry, layers, position, k) {
  const step = reading.visible[position];
  const now = position === state.position;
  const lit = position <= state.position;
  const group = svgElement("g", { class: now ? "now" : lit ? "lit" : "unlit" });
  const x = centreX(geometry, k);
  layers.forEach((shown, l) => {
    const box = geometry.boxes[l];
    const below = box.top + box.height;
    const isFirst = l === 0;
    group.append(
      svgElement("rect", {
        class: "cell",
        x: columnLeft(geometry, k),
        y: box.top,
        width: boxWidth(geometry),
        height: box.height,
        rx: 8,
      }),
      arrow(x, below + SPACE.gap - 4, x, below + 5),
      symbol(x + 6, below + SPACE.gap / 2 + 4, "W_x"),
      arrow(
        columnLeft(geometry, k) - geometryGap(geometry, k),
        box.top + box.height / 2,
        columnLeft(geometry, k) - 4,
        box.top + box.height / 2,
      ),
    );
    if (isFirst && k === 0) {
      group.append(startLabel(reading, geometry, position, box));
    }
    if (k > 0) {
      const y = box.top + box.height / 2 - 6;
      group.append(symbol(columnLeft(geometry, k) - 34, y, "W_h"));
    }
    if (box.gates) {
      group.append(gatesOf(reading, geometry, l, shown, { position, k, lit, now }));
    }
    for (let row = 0; row < shown.count; row++) {
      group.append(neuron(reading, geometry, l, shown.from + row, row, position, k));
    }
  });
  group.append(output(reading, geometry, layers.length - 1, position, k));
  group.append(inputWord(geometry, step, x));
  return group;
}

const geometryGap = (geometry, k) =>
  k === 0 ? 40 : geometry.pitch - boxWidth(geometry) - 2;

// Left of the first column: the h_(t-1) that comes in. Before the first timestep it is
// 0; before the first word the padding may have been read.
function startLabel(reading, geometry, position, box) {
  const y = box.top + box.height / 2 - 8;
  const said = (dy, words, kind = "small") =>
    svgElement("text", { x: 4, y: y + dy, class: kind }, words);
  if (position > 0) return said(0, "⋯");
  if (reading.padding === 0 || state.withPadding) return said(0, "h₀ = 0");
  const label = text("show_padding");
  return svgElement(
    "g",
    { class: "neuron", role: "button", "aria-label": label, onclick: () => goTo(-1) },
    svgElement("title", {}, label),
    svgElement("rect", { class: "hit", x: 0, y: y - 30, width: 54, height: 36, rx: 4 }),
    said(-16, "h₀ = 0"),
    said(0, text("after_padding", { n: reading.padding })),
  );
}

function neuron(reading, geometry, l, unit, row, position, k) {
  const step = reading.visible[position];
  const value = reading.trace.layers[l].steps[step.t].h[unit];
  const lit = position <= state.position;
  const chosen =
    position === state.position && l === state.layer && unit === state.unit;
  const [x, y] = [circleX(geometry, k), circleY(geometry, l, row)];
  const label = text("neuron_label", {
    layer: l + 1,
    unit: unit + 1,
    t: step.t + 1,
    value: number(value),
  });
  const choose = () => chooseNeuron(position, l, unit);
  return svgElement(
    "g",
    {
      class: chosen ? "neuron chosen" : "neuron",
      onclick: choose,
      role: "button",
      "aria-label": label,
      "aria-pressed": chosen,
      tabindex: chosen ? 0 : -1,
    },
    svgElement("title", {}, label),
    svgElement("rect", {
      class: "hit",
      x: x - 16,
      y: y - 10,
      width: boxWidth(geometry) - 8,
      height: 20,
      rx: 4,
    }),
    svgElement("circle", {
      cx: x,
      cy: y,
      r: 8,
      fill: lit ? colourOf(value) : "var(--paper)",
    }),
    svgElement(
      "text",
      { x: x + 14, y: y + 4, class: "number" },
      lit ? number(value, 2) : "",
    ),
  );
}

function output(reading, geometry, l, position, k) {
  const step = reading.visible[position];
  const p = reading.trace.probabilities[step.t];
  const x = centreX(geometry, k);
  const lit = position <= state.position;
  const chosen = position === state.position && state.unit === "output";
  const label = text("output_label", { t: step.t + 1, value: number(p) });
  return svgElement(
    "g",
    {
      class: chosen ? "neuron chosen" : "neuron",
      role: "button",
      "aria-label": label,
      "aria-pressed": chosen,
      tabindex: chosen ? 0 : -1,
      onclick: () => chooseNeuron(position, l, "output"),
    },
    svgElement("title", {}, label),
    arrow(x, geometry.boxes[l].top - 3, x, 35),
    svgElement("rect", {
      class: "hit output",
      x: x - 28,
      y: 6,
      width: 56,
      height: 26,
      rx: 13,
      fill: lit ? colourOf(2 * p - 1) : "var(--paper)",
    }),
    svgElement(
      "text",
      {
        x,
        y: 24,
        class: "number middle",
        style: `fill: ${lit ? inkOn(2 * p - 1) : "var(--ink)"}`,
      },
      lit ? number(p, 2) : "p",
    ),
  );
}

function inputWord(geometry, step, x) {
  const room = Math.floor(geometry.pitch / 8.2);
  const word = wordOf(step);
  const shown = word.length > room ? `${word.slice(0, room - 1)}…` : word;
  return svgElement(
    "g",
    {},
    svgElement("title", {}, word),
    svgElement("text", { x, y: geometry.inputs + 14, class: "word middle" }, shown),
    svgElement(
      "text",
      { x, y: geometry.inputs + 31, class: "small middle" },
      `${step.token}`,
    ),
    svgElement(
      "text",
      { x, y: geometry.inputs + 49, class: "small middle" },
      `t = ${step.t + 1}`,
    ),
  );
}

// Every neuron of h_(t-1) feeds the chosen one: a line each, as wide as its term.
function influences(reading, geometry, layers) {
  const group = svgElement("g", { class: "influences", "aria-hidden": "true" });
  const k = state.position - geometry.first;
  const step = reading.visible[state.position];
  const output = state.unit === "output";
  if (!output && k === 0) return group;
  const l = state.layer;
  const shown = layers[l];
  const list = output
    ? explainOutput(reading.run.network, reading.trace, step.t).input.terms
    : explainNeuron(reading.run.network, reading.trace, l, step.t, state.unit).gates[0]
        .recurrent.terms;
  const largest = Math.max(...list.map((term) => Math.abs(term.product))) || 1;
  const [toX, toY] = output
    ? [centreX(geometry, k), 33]
    : [circleX(geometry, k) - 9, circleY(geometry, l, state.unit - shown.from)];
  for (let row = 0; row < shown.count; row++) {
    const { product } = list[shown.from + row];
    const fromX = output ? circleX(geometry, k) + 8 : circleX(geometry, k - 1) + 56;
    group.append(
      svgElement("line", {
        x1: Math.min(fromX, toX),
        y1: circleY(geometry, l, row),
        x2: toX,
        y2: toY,
        stroke: product < 0 ? "var(--minus)" : "var(--plus)",
        "stroke-width": 0.6 + (3.4 * Math.abs(product)) / largest,
        "stroke-dasharray": product < 0 ? dashes(1).join(" ") : "none",
      }),
    );
  }
  return group;
}

function arrowHead() {
  return svgElement(
    "defs",
    {},
    svgElement(
      "marker",
      {
        id: "head",
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: "auto",
      },
      svgElement("path", { d: "M0,0.5 L8,4 L0,7.5 Z" }),
    ),
  );
}

const arrow = (x1, y1, x2, y2) =>
  svgElement("line", { class: "arrow", x1, y1, x2, y2, "marker-end": "url(#head)" });

function symbol(x, y, source) {
  const [letter, below] = source.split("_");
  return svgElement(
    "text",
    { x, y, class: "symbol" },
    letter,
    svgElement("tspan", { dy: 4, "font-size": 9 }, below),
  );
}
