// What an LSTM or a GRU has above its neurons in the unfolded network (unfolded.js).

// The gates of the chosen neuron as boxes, and of an LSTM its cell state as a line of its
// own: what comes from before is multiplied by f, and i g is added.
function gatesOf(reading, geometry, l, shown, { position, k, lit, now }) {
  const { t } = reading.visible[position];
  const step = reading.trace.layers[l].steps[t];
  const unit = l === state.layer && state.unit !== "output" ? state.unit : shown.from;
  const names = CELLS[shown.type].gates;
  const [left, width] = [columnLeft(geometry, k), boxWidth(geometry)];
  const bottom = geometry.boxes[l].top + geometry.boxes[l].gates;
  const pitch = (width - 10) / names.length;
  const boxes = names.map((name, n) => {
    const value = step[name][unit];
    const x = left + 5 + n * pitch;
    const ink = lit ? inkOn(value) : "var(--ink)";
    return [
      svgElement(
        "rect",
        {
          class: "gate",
          x: x + 1,
          y: bottom - 22,
          width: pitch - 2,
          height: 20,
          rx: 3,
          fill: lit ? colourOf(value) : "var(--paper)",
        },
        svgElement("title", {}, `${text(`gate_${name}`)} = ${number(value)}`),
      ),
      svgElement(
        "text",
        {
          class: "middle gate-name",
          x: x + pitch / 2,
          y: bottom - 8,
          style: `fill: ${ink}`,
        },
        name,
      ),
    ];
  });
  const line =
    step.c && cellStateLine(step.c[unit], { left, width, bottom, lit, k, geometry });
  return svgElement("g", { class: now ? "gates now" : "gates" }, line, boxes);
}

function cellStateLine(c, { left, width, bottom, lit, k, geometry }) {
  const y = bottom - 34;
  const operation = (x, sign, title) => [
    svgElement(
      "circle",
      { class: "operation", cx: x, cy: y, r: 7 },
      svgElement("title", {}, title),
    ),
    svgElement("text", { class: "middle", x, y: y + 4 }, sign),
  ];
  return [
    svgElement("line", {
      class: "cell-state",
      x1: left - geometryGap(geometry, k),
      x2: left + width,
      y1: y,
      y2: y,
      stroke: lit ? colourOf(c) : "var(--line)",
    }),
    operation(left + width * 0.2, "×", `× ${text("gate_f")}`),
    operation(left + width * 0.5, "+", "+ i g"),
    svgElement(
      "text",
      { class: "number", x: left + 6, y: y - 12 },
      lit ? `c = ${number(c, 2)}` : "c",
    ),
  ];
}
