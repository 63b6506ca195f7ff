// The equation of the chosen neuron with its numbers.

const EQUATIONS = {
  "simple-rnn": ["h_t = tanh(x_t W_x + h_(t-1) W_h + b)"],
  lstm: [
    "i, f, o = σ(x_t W_x + h_(t-1) W_h + b),  g = tanh(…)",
    "c_t = f c_(t-1) + i g",
    "h_t = o tanh(c_t)",
  ],
  gru: [
    "z, r = σ(x_t W_x + h_(t-1) W_h + b)",
    "g = tanh(x_t W_x + b + r (h_(t-1) W_h + b_h))",
    "h_t = z h_(t-1) + (1 − z) g",
  ],
};
const FUNCTION = { tanh: "tanh", sigmoid: "σ", softmax: "softmax" };

function drawEquation(node, reading) {
  const step = reading.visible[state.position];
  const { network } = reading.run;
  const where = { word: wordOf(step), t: step.t + 1 };
  if (state.unit === "output") {
    const output = explainOutput(network, reading.trace, step.t);
    const label = explainedLabel(reading);
    const many = output.activation === "softmax";
    const said = text(many ? "output_of_label" : "output_of", { ...where, label });
    replace(node, outputEquation(output, said));
    return;
  }
  const found = explainNeuron(network, reading.trace, state.layer, step.t, state.unit);
  const heading = { ...where, layer: state.layer + 1, unit: state.unit + 1 };
  const simple = found.type === "simple-rnn";
  replace(
    node,
    element("p", { class: "where" }, text("neuron_of", heading)),
    EQUATIONS[found.type].map((line) =>
      element("p", { class: "formula" }, formula(line)),
    ),
    simple ? [] : combined(found),
    found.gates.map((gate) => gatePart(gate, reading, step, simple)),
  );
}

// For an LSTM or GRU: how the gates make the state, with their numbers.
function combined({ type, gates, h, hBefore, c, cBefore }) {
  const value = Object.fromEntries(gates.map((gate) => [gate.name, gate.value]));
  const n = inBrackets;
  const lines =
    type === "lstm"
      ? [
          ["c_t", `${n(value.f)} · ${n(cBefore)} + ${n(value.i)} · ${n(value.g)}`, c],
          ["h_t", `${n(value.o)} · tanh(${number(c)})`, h],
        ]
      : [
          [
            "h_t",
            `${n(value.z)} · ${n(hBefore)} + ${n(1 - value.z)} · ${n(value.g)}`,
            h,
          ],
        ];
  return lines.map(([name, middle, result]) => numbersLine(name, middle, result));
}

const numbersLine = (name, middle, result) =>
  element(
    "p",
    { class: "numbers-line" },
    formula(`${name} = ${middle} = `),
    element("b", {}, number(result)),
  );

const openGates = new Set(["i", "z"]); // stays as the reader left it

function gatePart(gate, reading, step, simple) {
  const name = simple ? "h_t" : gate.name;
  const line = numbersLine(name, sumOf(gate), gate.value);
  const table = () => termsTable(gate, reading, step);
  if (simple) return [line, table()];
  const summary = element("summary", {}, text(`gate_${gate.name}`), line);
  const open = openGates.has(gate.name);
  const details = element("details", { open: open && "" }, summary, open && table());
  // Not "toggle": the browser sends that later, and the gate may be drawn anew before.
  summary.addEventListener("click", () => {
    if (details.open) return openGates.delete(gate.name);
    openGates.add(gate.name);
    if (details.children.length === 1) details.append(...table());
  });
  return details;
}

// The three terms of the equation in its order; a GRU has its second b inside.
function sumOf({ activation, input, recurrent, bias, recurrentBias, scale, total }) {
  const terms =
    recurrentBias || scale !== 1
      ? [
          number(input.sum),
          inBrackets(bias),
          `${scale === 1 ? "" : `${number(scale)} · `}(${number(recurrent.sum)} + ${inBrackets(recurrentBias)})`,
        ]
      : [number(input.sum), inBrackets(recurrent.sum), inBrackets(bias)];
  const name = FUNCTION[activation];
  return `${name}(${terms.join(" + ")}) = ${name}(${number(total)})`;
}

// Each term a row, with a bar as long as it is large.
function termsTable(gate, reading, step) {
  const first = state.layer === 0;
  const oneHot = first && !reading.run.network.embedding;
  const inputName = ({ index }) =>
    oneHot
      ? `“${wordOf(step)}” (${index})`
      : text(first ? "embedding_number" : "below_neuron", { n: index + 1 });
  const stateName = ({ index }) => text("previous_neuron", { n: index + 1 });
  const groups = [
    ["term_input", gate.input, inputName],
    ["term_recurrent", gate.recurrent, stateName],
  ];
  const largest = Math.max(
    ...[...gate.input.terms, ...gate.recurrent.terms].map((term) =>
      Math.abs(term.product),
    ),
    Math.abs(gate.bias),
  );
  const bodies = groups.map(([key, part, name]) => [
    groupRow(formula(text(key)), part.sum),
    part.terms.map((term) => termRow(name(term), term, largest)),
  ]);
  const note = oneHot && text("one_hot_row", { token: step.token });
  return [
    note && element("p", { class: "hint" }, formula(note)),
    element(
      "table",
      { class: "terms" },
      termsHead(),
      element("tbody", {}, ...bodies.flat(2), biasRows(gate, largest), totalRow(gate)),
    ),
  ].filter(Boolean);
}

const termsHead = () =>
  element(
    "thead",
    {},
    element(
      "tr",
      {},
      element("th"),
      ...["value", "weight", "product"].map((key) => element("th", {}, text(key))),
      element("th"),
    ),
  );

const groupRow = (name, sum) =>
  element(
    "tr",
    { class: "group" },
    element("th", { colspan: 3 }, name),
    element("td", {}, signed(sum)),
    element("td"),
  );

const termRow = (name, { value, weight, product }, largest) =>
  element(
    "tr",
    {},
    element("td", {}, name),
    element("td", {}, number(value)),
    element("td", {}, `× ${number(weight)}`),
    element("td", {}, signed(product)),
    bar(product, largest),
  );

function biasRows({ bias, recurrentBias, scale }, largest) {
  const row = (name, value) =>
    element(
      "tr",
      { class: "group" },
      element("th", { colspan: 3 }, formula(name)),
      element("td", {}, signed(value)),
      bar(value, largest),
    );
  const rows = [row("b", bias)];
  if (recurrentBias) rows.push(row("b_h", recurrentBias));
  if (scale !== 1) rows.push(row("r", scale));
  return rows;
}

const totalRow = ({ total, value, activation }) =>
  element(
    "tr",
    { class: "total" },
    element("th", { colspan: 3 }, `${text("sum")} → ${FUNCTION[activation]}`),
    element("td", {}, signed(total)),
    element("td", {}, `→ ${number(value)}`),
  );

function bar(value, largest) {
  const width = `${((50 * Math.abs(value)) / (largest || 1)).toFixed(1)}%`;
  const side = value < 0 ? "minus" : "plus";
  const filled = element("i", { class: side });
  filled.style.width = width;
  return element("td", { class: "bar", "aria-hidden": "true" }, filled);
}

// A softmax needs the z of every neuron; what is told in full is one neuron's.
const OUTPUT_EQUATION = {
  sigmoid: "p = σ(h_t w + b)",
  softmax: "p = softmax(z),  z = h_t w + b",
};

function outputEquation({ input, bias, total, value, activation }, said) {
  const sum = `${number(input.sum)} + ${inBrackets(bias)}`;
  const largest = Math.max(
    Math.abs(bias),
    ...input.terms.map((t) => Math.abs(t.product)),
  );
  const name = ({ index }) => text("this_neuron", { n: index + 1 });
  return [
    element("p", { class: "where" }, said),
    element("p", { class: "formula" }, formula(OUTPUT_EQUATION[activation])),
    activation === "sigmoid"
      ? numbersLine("p", `σ(${sum}) = σ(${number(total)})`, value)
      : [numbersLine("z", sum, total), numbersLine("p", "softmax(z)", value)],
    element(
      "table",
      { class: "terms" },
      termsHead(),
      element(
        "tbody",
        {},
        groupRow(formula("h_t w"), input.sum),
        input.terms.map((term) => termRow(name(term), term, largest)),
        biasRows({ bias, recurrentBias: 0, scale: 1 }, largest),
        totalRow({ total, value, activation }),
      ),
    ),
  ];
}
