// Charts, drawn by plotly: probability as a line, hidden units as a heat map.

const font = () => ({
  family:
    "system-ui, 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', sans-serif",
  size: 12,
  color: colour("ink"),
});
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false };
const MARGIN = { l: 46, r: 10, t: 8, b: 8 };
const LEGEND = 44; // pixels above a chart, for two rows of names
const NAMED_ABOVE = {
  ...{ orientation: "h", x: 0, y: 1, yanchor: "bottom", font: { size: 11 } },
  ...{ itemclick: false, itemdoubleclick: false },
};

// The height is fixed first, so that the browser lays out the chart and not the page
// whenever plotly measures a label (style.css: contain).
function draw(node, traces, layout) {
  node.style.height = `${layout.height}px`;
  return Plotly.react(node, traces, layout, CONFIG);
}

const baseLayout = (extra) => ({
  font: font(),
  paper_bgcolor: "transparent",
  plot_bgcolor: "transparent",
  dragmode: false,
  showlegend: false,
  hovermode: "closest",
  ...extra,
});

const fixedAxis = (extra) => ({
  fixedrange: true,
  zeroline: false,
  gridcolor: colour("line"),
  automargin: false,
  ticks: "",
  ...extra,
});

// Words below the chart, each of them or every n-th where they would overlap (on a
// phone); numbers where there are too many.
const MOST_NAMED = 60;
const areNamed = (steps) => steps.length <= MOST_NAMED;
const labelRoom = (named) => (named ? 70 : 30);

function wordAxis(steps, width, extra = {}) {
  const named = areNamed(steps);
  const pitch = width / steps.length;
  const every = named ? Math.ceil(12 / pitch) : 20; // labels are half of a redraw's time
  const labelled = steps
    .map((_, k) => k)
    .filter((k) => (named ? k % every === 0 : (k + 1) % every === 0));
  return fixedAxis({
    range: [-0.5, steps.length - 0.5],
    showgrid: false,
    tickvals: labelled,
    ticktext: labelled.map((k) =>
      named ? plain(shortened(wordOf(steps[k]))) : String(k + 1),
    ),
    tickangle: named ? (pitch < 15 ? -90 : -60) : 0,
    ...extra,
  });
}

const shortened = (word) => (word.length > 12 ? `${word.slice(0, 11)}…` : word);
// Plotly reads some HTML in its labels.
const plain = (word) =>
  word.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// The n-th line of a chart: the probability of a neuron after each word.
function lineTrace(reading, n, neuron = reading.trace.neuron) {
  const y = reading.visible.map((step) => reading.trace.outputs[step.t][neuron]);
  return {
    meta: neuron, // which a pin remembers
    type: "scatter",
    mode: y.length > 60 ? "lines" : "lines+markers",
    x: y.map((_, k) => k),
    y,
    line: lineStyle(n),
    marker: { size: 5, symbol: page.theme.symbols[n] },
    hoverinfo: "none",
  };
}

// One line; with more than two labels one for each, named in a legend: for each of those
// whose probability is the highest after the last word.
function lineTraces(reading) {
  if (!isMany(reading.trace.outputs[0])) {
    return [lineTrace(reading, 0)];
  }
  return ranked(reading, reading.tokens.length - 1)
    .slice(0, page.theme.symbols.length)
    .map(({ k, label }, n) => ({
      ...lineTrace(reading, n, k),
      name: plain(shortened(label)),
    }));
}

function heatTrace(reading, layer, quantity) {
  const { steps } = reading.trace.layers[layer];
  const units = steps[0].h.length;
  const rows = Array.from({ length: units }, (_, unit) =>
    reading.visible.map((step) => steps[step.t][quantity][unit]),
  );
  const gap = reading.visible.length > 60 ? 0 : 1; // they take time to draw
  return {
    type: "heatmap",
    z: rows,
    y: rows.map((_, unit) => unit + 1),
    zmin: -1,
    zmax: 1,
    colorscale: COLOUR_SCALE,
    showscale: false,
    showlegend: false,
    xgap: gap,
    ygap: gap,
    hoverinfo: "none",
  };
}

const probabilityOf = (label) =>
  text("probability", { label: plain(shortened(label)) });

const probabilityAxis = (title, extra) =>
  fixedAxis({
    range: [-0.04, 1.04],
    tickvals: [0, 0.5, 1],
    title: { text: title, font: { size: 11 }, standoff: 4 },
    ...extra,
  });

const unitAxis = (units, extra) =>
  fixedAxis({
    range: [units + 0.5, 0.5],
    tickvals: Array.from({ length: units }, (_, k) => k + 1).filter(
      (unit) => units <= 8 || unit === 1 || unit % (units <= 20 ? 5 : 16) === 0,
    ),
    showgrid: false,
    title: { text: text("cell"), font: { size: 11 }, standoff: 4 },
    ...extra,
  });

const heatHeight = (units) => Math.min(320, Math.max(90, 17 * units));

const thin = () => ({ ...lineStyle(DOTTED, 1), color: colour("quiet") });
const halfLine = { type: "line", xref: "paper", x0: 0, x1: 1, y0: 0.5, y1: 0.5 };
const half = () => ({
  ...halfLine,
  line: thin(),
});

// The chart of one review: the line above, the heat map below, one axis of words.
function drawReading(node, reading, { layer, quantity, pins }) {
  const width = widthOf(node);
  const heat = heatTrace(reading, layer, quantity);
  const units = heat.z.length;
  const inner = width - MARGIN.l - MARGIN.r;
  const labels = labelRoom(areNamed(reading.visible));
  const many = isMany(reading.trace.outputs[0]);
  const margin = { ...MARGIN, t: many ? LEGEND : MARGIN.t };
  const [line, map] = [130, heatHeight(units)];
  const height = margin.t + line + 14 + map + labels;
  const share = (pixels) => pixels / (height - margin.t - margin.b);
  const bottom = share(labels - MARGIN.b);
  const rings = {
    type: "scatter",
    mode: "markers",
    x: pins.map((pin) => pin.position),
    y: pins.map((pin) => pin.unit + 1),
    yaxis: "y2",
    hoverinfo: "skip",
    showlegend: false,
    marker: { symbol: "circle-open", size: 12, color: page.theme.on_pale, line: { width: 2 } },
  };
  const layout = baseLayout({
    width,
    height,
    margin,
    showlegend: many,
    legend: NAMED_ABOVE,
    xaxis: wordAxis(reading.visible, inner, { anchor: "y2" }),
    yaxis: probabilityAxis(
      many ? text("probability_each") : probabilityOf(labelOf(reading.run, 1)),
      { domain: [bottom + share(map + 14), 1] },
    ),
    yaxis2: unitAxis(units, { domain: [bottom, bottom + share(map)] }),
    shapes: many ? [] : [half()],
  });
  const traces = [...lineTraces(reading), { ...heat, yaxis: "y2" }];
  if (pins.length) traces.push(rings);
  return draw(node, traces, layout);
}

function drawHeatMap(node, reading, layer) {
  const width = widthOf(node);
  const heat = heatTrace(reading, layer, "h");
  const layout = baseLayout({
    width,
    height: heatHeight(heat.z.length) + 80,
    margin: { ...MARGIN, b: 72 },
    xaxis: wordAxis(reading.visible, width - MARGIN.l - MARGIN.r),
    yaxis: unitAxis(heat.z.length),
  });
  return draw(node, [heat], layout);
}

// Both probabilities over the number of the token, told apart by dash and by letter;
// `neurons` are those of their labels.
function drawBoth(node, a, b, neurons, title) {
  const traces = [
    lineTrace(a, 0, neurons[0]),
    lineTrace(b, 1, neurons[1]),
  ];
  for (const trace of traces) trace.x = trace.x.map((k) => k + 1); // people count from 1
  const longest = Math.max(a.visible.length, b.visible.length);
  const ends = [a, b].map((reading, k) => ({
    x: reading.visible.length,
    y: reading.trace.outputs.at(-1)[neurons[k]],
    text: `<b>${"AB"[k]}</b>`,
    font: { color: colour(["first", "second"][k]), size: 14 },
    showarrow: false,
    xanchor: "left",
    xshift: 8,
  }));
  const layout = baseLayout({
    width: widthOf(node),
    height: 220,
    margin: { ...MARGIN, r: 30, b: 36 },
    xaxis: fixedAxis({
      range: [0.5, longest + 0.5],
      tickformat: "d",
      nticks: Math.min(longest, 12),
      showgrid: false,
      title: { text: text("token_number"), font: { size: 11 }, standoff: 4 },
    }),
    yaxis: probabilityAxis(title),
    shapes: [half()],
    annotations: ends,
  });
  return draw(node, traces, layout);
}
