// A network's weights as colours: small matrices with their numbers, large ones as a
// picture, a pixel a weight.

const WITH_NUMBERS = 64; // weights at most

// words: what a row of W_x stands for, or null.
function drawWeights(node, network, words) {
  const [layer] = network.recurrent;
  const vector = (values) => ({ shape: [1, values.length], values });
  const named = {
    E: network.embedding,
    W_x: layer.W_x,
    W_h: layer.W_h,
    b: vector(layer.b),
    b_h: layer.b_h && vector(layer.b_h),
    w: vector(network.output.W.values), // a column, laid down to save room
  };
  const shown = Object.entries(named).filter(([, matrix]) => matrix);
  replace(
    node,
    shown.map(([name, matrix]) => {
      const first = name === (network.embedding ? "E" : "W_x");
      return weightsFigure(name, matrix, first ? words : null);
    }),
  );
}

function weightsFigure(name, matrix, rowNames) {
  const largest = matrix.values.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const draw = matrix.values.length <= WITH_NUMBERS ? numbersOf : pictureOf;
  return element(
    "figure",
    { class: "weights" },
    element(
      "figcaption",
      {},
      formula(name),
      ` ${shapeText(matrix.shape)} · ${text("largest", { value: number(largest, 2) })}`,
    ),
    draw(name, matrix, largest || 1, rowNames),
  );
}

const twoDigits = (value) => number(value, 2);

function numbersOf(name, matrix, largest, rowNames, shown = twoDigits) {
  const {
    shape: [rows, columns],
    values,
  } = matrix;
  const cell = (row, column) => {
    const value = values[row * columns + column];
    const share = value / largest;
    const td = element("td", {}, shown(value));
    td.style.background = colourOf(share);
    td.style.color = inkOn(share);
    return td;
  };
  const list = (length, make) => Array.from({ length }, (_, k) => make(k));
  return element(
    "table",
    { class: "matrix" },
    element(
      "tbody",
      {},
      list(rows, (row) =>
        element(
          "tr",
          {},
          rowNames && element("th", { scope: "row" }, rowNames[row]),
          list(columns, (column) => cell(row, column)),
        ),
      ),
    ),
  );
}

// Rows of the matrix from left to right, so that 500 words have room.
function pictureOf(name, matrix, largest, rowNames, shown = number) {
  const {
    shape: [rows, columns],
    values,
  } = matrix;
  const canvas = element("canvas", {
    width: rows,
    height: columns,
    class: rows > columns ? "wide" : "",
    role: "img",
    "aria-label": text("weights_picture", { name, rows, columns }),
  });
  const picture = new ImageData(rows, columns);
  values.forEach((value, k) => {
    const [row, column] = [Math.floor(k / columns), k % columns];
    picture.data.set(shadeOf(value / largest), 4 * (column * rows + row));
  });
  canvas.getContext("2d").putImageData(picture, 0, 0);
  canvas.onmousemove = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = (position, size, count) =>
      Math.max(0, Math.min(count - 1, Math.floor((position / size) * count)));
    const row = at(event.clientX - left, width, rows);
    const column = at(event.clientY - top, height, columns);
    const value = shown(values[row * columns + column]);
    const word = rowNames?.[row] ?? row + 1;
    showAt(event, text("weight_at", { name, row: word, column: column + 1, value }));
  };
  canvas.onmouseleave = hideTooltip;
  return canvas;
}
