// Learning curves, drawn by hand: they are drawn ten times a second while a network
// learns, and a chart of plotly's takes longer than that leaves.

const CURVES = { width: 340, height: 150, left: 40, right: 10, top: 10, bottom: 26 };

// series: [{name, values, style: "solid", "dotted" or "past"}], a value for each epoch
// from `first` on; `marked`: the epoch that is looked at.
function drawCurves(node, options) {
  const { label, series, range, first = 1, marked, format = short } = options;
  const { width, height, left, right, top, bottom } = CURVES;
  const longest = Math.max(2, ...series.map(({ values }) => values.length));
  const last = first + longest - 1;
  const all = series.flatMap(({ values }) => values).filter(Number.isFinite);
  const [low, high] = range ?? [0, niceTop(Math.max(0.1, ...all))];
  const x = (epoch) =>
    left + ((epoch - first) / (last - first)) * (width - left - right);
  const y = (value) =>
    top + ((high - Math.min(value, high)) / (high - low)) * (height - top - bottom);
  const line = ({ values, style }) =>
    svgElement("polyline", {
      class: `curve ${style}`,
      points: values
        .map((value, k) => Number.isFinite(value) && `${x(first + k)},${y(value)}`)
        .filter(Boolean)
        .join(" "),
    });
  const grid = [low, (low + high) / 2, high].map((value) => [
    svgElement("line", {
      class: "grid",
      x1: left,
      x2: width - right,
      y1: y(value),
      y2: y(value),
    }),
    svgElement("text", { x: left - 6, y: y(value) + 4, class: "end" }, format(value)),
  ]);
  const epochs = [...new Set([first, last])].map((epoch) =>
    svgElement(
      "text",
      { x: x(epoch), y: height - 10, class: epoch === first ? "" : "end" },
      String(epoch),
    ),
  );
  const cursor =
    marked !== undefined &&
    svgElement("line", {
      class: "marked",
      x1: x(marked),
      x2: x(marked),
      y1: top,
      y2: height - bottom,
    });
  const told = series
    .filter(({ values, style }) => values.length && style !== "past")
    .map(({ name, values }) => `${name} ${number(values.at(-1))}`);
  replace(node, element("figcaption", {}, label));
  node.append(
    svgElement(
      "svg",
      {
        class: "curves",
        viewBox: `0 0 ${width} ${height}`,
        role: "img",
        "aria-label": `${node.firstChild.textContent}: ${told.join(", ")}`,
      },
      grid,
      epochs,
      series.map(line),
      cursor,
    ),
  );
}

const niceTop = (value) => [0.2, 0.5, 1, 2, 5, 10].find((top) => value <= top) ?? 20;
const short = (value) => String(Number(value.toFixed(2)));
