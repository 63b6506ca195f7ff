// The tab "parameters": inputs, cells, layers -> the count term by term, the shapes.

const LIMITS = {
  inputs: [1, 100000],
  cells: [1, 1024],
  layers: [1, 10],
  timesteps: [1, 2500],
  words: [0, 100000],
  classes: [0, 1000],
};
const PRESETS = {
  preset_book: {
    type: "simple-rnn",
    inputs: 4,
    cells: 3,
    layers: 1,
    timesteps: 4,
    words: 0,
    classes: 0,
  },
  preset_sentence: {
    type: "simple-rnn",
    inputs: 3,
    cells: 2,
    layers: 1,
    timesteps: 4,
    words: 0,
    classes: 0,
  },
  preset_stack: {
    type: "simple-rnn",
    inputs: 3,
    cells: 5,
    layers: 2,
    timesteps: 4,
    words: 0,
    classes: 0,
  },
  preset_prediction: {
    type: "simple-rnn",
    inputs: 100,
    cells: 10,
    layers: 1,
    timesteps: 20,
    words: 0,
    classes: 2,
  },
};
let stack = PRESETS.preset_book;

// The run's own network in the same terms, whose layers are alike.
function stackOfRun() {
  const { network, settings } = page.runs[state.run];
  const { type, units, W_x } = network.recurrent[0];
  const words = network.embedding ? network.embedding.shape[0] : 0;
  const layers = network.recurrent.length;
  return {
    type,
    inputs: W_x.shape[0],
    cells: units,
    layers,
    timesteps: settings.timesteps,
    words,
    classes: 2,
  };
}

function drawParameters() {
  const { recurrent } = page.runs[state.run].network;
  const alike = recurrent.every(
    ({ type, units }) => type === recurrent[0].type && units === recurrent[0].units,
  );
  const presets = { ...PRESETS, ...(alike && { preset_this: stackOfRun() }) };
  replace(
    byId("presets"),
    Object.entries(presets).map(([key, preset]) => {
      const choose = () => {
        stack = preset;
        drawParameters();
      };
      const pressed = JSON.stringify(preset) === JSON.stringify(stack);
      return element(
        "button",
        { type: "button", onclick: choose, "aria-pressed": pressed },
        text(key),
      );
    }),
  );
  const field = (name) => numberField(name, stack[name], LIMITS[name]);
  replace(
    byId("stack"),
    choiceField("type", Object.keys(COPIES), stack.type),
    Object.keys(LIMITS).map(field),
    refusedNote(),
  );
  drawCount();
}

function readStack() {
  const form = byId("stack");
  const numbers = readNumbers(form, LIMITS);
  if (!numbers) return;
  stack = { type: form.elements.type.value, ...numbers };
  drawCount();
}

function drawCount() {
  const { input, rows, total } = describeStack(stack);
  const recurrent = rows.filter((row) => row.parts);
  const [first] = recurrent;
  const sum =
    rows.length > 1
      ? rows.map((row) => thousands(row.count)).join(" + ")
      : Object.values({ ...first.parts, total: undefined })
          .filter(Boolean)
          .map(thousands)
          .join(" + ");
  replace(byId("count"), element("b", {}, thousands(total)), ` = ${sum}`);
  const shape = input.filter((size) => size !== null);
  const head = ["layer", "output_shape", "weights", "count"];
  replace(
    byId("layers"),
    element(
      "table",
      { class: "plain" },
      element(
        "thead",
        {},
        element("tr", {}, ...head.map((key) => element("th", {}, text(key)))),
      ),
      element(
        "tbody",
        {},
        element(
          "tr",
          {},
          element("th", {}, text("input_layer")),
          element("td", { class: "shape" }, shapeText(shape)),
          element("td"),
          element("td", {}, "0"),
        ),
        ...rows.map(layerOfStack),
        element(
          "tr",
          { class: "total" },
          element("th", { colspan: 3 }, text("total")),
          element("td", {}, thousands(total)),
        ),
      ),
    ),
  );
}

function layerOfStack(row) {
  return element(
    "tr",
    {},
    element("th", {}, text(row.name)),
    element("td", { class: "shape" }, shapeText(row.shape)),
    element("td", {}, ...weightLines(row)),
    element("td", {}, thousands(row.count)),
  );
}

// Each term of the count: what is multiplied, and the product.
function weightLines({ name, parts, features, cells, neurons, words, shape, count }) {
  const line = (symbol, product, value) =>
    element(
      "div",
      { class: "term-line" },
      element("span", {}, formula(symbol)),
      `${product} = `,
      element("b", {}, thousands(value)),
    );
  const n = thousands;
  if (name === "embedding") return [line("E", `${n(words)} × ${n(shape[2])}`, count)];
  if (name === "dense") {
    return [
      line("w", `${n(features)} × ${n(neurons)}`, features * neurons),
      line("b", n(neurons), neurons),
    ];
  }
  const times = (factor) => (factor > 1 ? `${factor} × ` : "");
  const copies = times(COPIES[name]);
  return [
    line("W_x", `${copies}${n(features)} × ${n(cells)}`, parts.W_x),
    line("W_h", `${copies}${n(cells)} × ${n(cells)}`, parts.W_h),
    line("b", `${times(BIASES[name])}${n(cells)}`, parts.b),
  ];
}
