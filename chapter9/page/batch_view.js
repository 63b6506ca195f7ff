// One batch taken apart: forward word by word, then backward, with every dh_t and dz_t,
// and the gradient of W_h as the sum that it is.

const apart = { of: null, sample: 0, stage: 0 };
const WINDOW = 7; // timesteps shown side by side
const MOST_NEURONS = 8;

// The batch that training would learn from next, with the weights as they are.
function takeApart() {
  const { live, loaded, settings } = learning;
  if (!live) return; // the settings have just changed
  const network = structuredClone(live.network);
  const { tokens, labels } = batchOf(loaded.training, live.rows, settings.timesteps);
  const { type, units } = network.recurrent[0];
  const steps = makeSteps(type, settings.timesteps, labels.length, units);
  const done = forward(network, tokens, steps);
  const gradients = backward(network, done, labels);
  const length = lengthOf(Object.values(gradients).filter(Boolean));
  const { padding } = specialOf(TASKS[learning.task].kind);
  apart.of = { network, labels, gradients, length, padding, ...done };
  const lengths = Array.from(labels, (_, sample) => wordsApart(sample).length);
  const longest = lengths.indexOf(Math.max(...lengths));
  Object.assign(apart, { sample: longest, stage: 0 });
  drawApart();
}

// The timesteps of a review that are no padding.
function wordsApart(sample = apart.sample) {
  const { tokens, padding } = apart.of;
  const all = tokens.map((ids, t) => ({ t, token: ids[sample] }));
  return all.slice(
    Math.max(
      0,
      all.findIndex(({ token }) => token !== padding),
    ),
  );
}

// Of a (batch, units) array the row of the chosen review.
function rowOf(array) {
  const { units } = apart.of.network.recurrent[0];
  return array.subarray(apart.sample * units, (apart.sample + 1) * units);
}

function drawApart() {
  const node = byId("apart");
  node.hidden = !apart.of;
  if (!apart.of) return;
  const words = wordsApart();
  const last = 2 * words.length; // forward, the loss, backward
  apart.stage = Math.max(0, Math.min(apart.stage, last));
  const backwards = apart.stage > words.length;
  const at = backwards ? last - apart.stage : Math.min(apart.stage, words.length - 1);
  byId("apart-stage").max = last;
  byId("apart-stage").value = apart.stage;
  const names = rowNames();
  const reviews = Array.from(apart.of.labels, (label, sample) =>
    text("apart_review", {
      n: sample + 1,
      label: text(label ? "positive" : "negative"),
    }),
  );
  replace(
    byId("apart-sample"),
    reviews.map((name, k) =>
      element("option", { value: k, selected: k === apart.sample && "" }, name),
    ),
  );
  byId("apart-now").textContent = stageText(words, at, names);
  drawUnrolled(byId("apart-steps"), words, at, names);
  drawGradientOfKernel(byId("apart-kernel"), words, at, backwards);
  drawGradientLengths(byId("apart-length"), words, at);
  byId("apart-clip").textContent = clipText();
}

function stageText(words, at, names) {
  const word = names[words[at].token] ?? text("padding");
  const values = { t: words[at].t + 1, word };
  if (apart.stage < words.length) return text("apart_forward", values);
  if (apart.stage > words.length) return text("apart_backward", values);
  const p = apart.of.probabilities[apart.sample];
  const y = apart.of.labels[apart.sample];
  const { loss } = score([p], [y]);
  const slope = tiny((p - y) / apart.of.labels.length);
  return text("apart_loss", { p: number(p), y, loss: number(loss), slope });
}

const tiny = (value) =>
  value !== 0 && Math.abs(value) < 0.001
    ? value.toExponential(1).replaceAll("-", "−")
    : number(value, 4);

// A column a timestep, a row for the word, h_t, dh_t and each block of dz_t.
function drawUnrolled(node, words, at, names) {
  const { steps, network } = apart.of;
  const { type } = network.recurrent[0];
  const from = Math.max(0, Math.min(at - 3, words.length - WINDOW));
  const shown = words.slice(from, from + WINDOW);
  const read = (k) => from + k <= Math.min(apart.stage, words.length - 1);
  const back = (k) => apart.stage > words.length && from + k >= at;
  const row = (name, arrayOf, isShown, scale) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, formula(name)),
      shown.map(({ t }, k) =>
        element(
          "td",
          { class: from + k === at ? "at" : "" },
          isShown(k) && numbersAt(rowOf(arrayOf(steps[t])), scale),
        ),
      ),
    );
  const largest = (arrayOf) =>
    Math.max(
      ...words.flatMap(({ t }) => Array.from(rowOf(arrayOf(steps[t])), Math.abs)),
    );
  const dh = (step) => step.d.h;
  const blocks = steps[0].dp.map((_, gate) => (step) => step.dp[gate]);
  const gateNames = CELLS[type].gates.length ? CELLS[type].gates : [""];
  replace(
    node,
    element(
      "table",
      { class: "apart" },
      element(
        "tbody",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "row" }, formula("x_t")),
          shown.map(({ token, t }, k) =>
            element(
              "th",
              { scope: "col", class: from + k === at ? "at" : "" },
              names[token] ?? text("padding"),
              element("small", {}, `t = ${t + 1}`),
            ),
          ),
        ),
        row("h_t", (step) => step.after.h, read, 1),
        row("dh_t", dh, back, largest(dh)),
        blocks.map((block, gate) =>
          row(`dz_${gateNames[gate] || "t"}`, block, back, largest(block)),
        ),
      ),
    ),
  );
}

function numbersAt(values, scale) {
  const list = Array.from(values.subarray(0, MOST_NEURONS), (value) => {
    const share = value / (scale || 1);
    const item = element("i", {}, scale === 1 ? number(value, 2) : tiny(value));
    item.style.background = colourOf(share);
    item.style.color = inkOn(share);
    return item;
  });
  if (values.length > MOST_NEURONS) {
    list.push(element("small", {}, `+ ${values.length - MOST_NEURONS}`));
  }
  return list;
}

// dW_h = the sum over timesteps of h_(t-1)^T dz_t: this timestep's term, the sum from the
// end to here, and that of the whole batch.
function drawGradientOfKernel(node, words, at, backwards) {
  const { network, steps, gradients } = apart.of;
  const { W_h } = network.recurrent[0];
  if (!W_h) return replace(node, element("p", { class: "hint" }, text("no_W_h")));
  const sum = (positions) => {
    const values = zeros(W_h.values.length);
    for (const { t } of positions) {
      addToKernel(values, rowOf(steps[t].before.h), steps[t].dq.map(rowOf), W_h.shape);
    }
    return { shape: W_h.shape, values };
  };
  const figure = (key, matrix) =>
    element(
      "figure",
      { class: "weights" },
      element("figcaption", {}, formula(text(key))),
      gradientPicture(matrix),
    );
  replace(
    node,
    figure("apart_term", sum(backwards ? [words[at]] : [])),
    figure("apart_sum", sum(backwards ? words.slice(at) : [])),
    figure("apart_batch", { shape: W_h.shape, values: gradients.W_h }),
  );
}

function gradientPicture(matrix) {
  const largest =
    matrix.values.reduce((most, w) => Math.max(most, Math.abs(w)), 0) || 1;
  const small = matrix.values.length <= 36;
  return (small ? numbersOf : pictureOf)("dW_h", matrix, largest, null, tiny);
}

// How long dh_t is at every timestep, in powers of 10: it fades or grows on its way back.
function drawGradientLengths(node, words, at) {
  const { steps } = apart.of;
  const lengths = words.map(({ t }) => lengthOf([rowOf(steps[t].d.h)]));
  const logs = lengths.map((length) => (length > 0 ? Math.log10(length) : NaN));
  const known = logs.filter(Number.isFinite);
  const range = [Math.floor(Math.min(0, ...known)), Math.ceil(Math.max(-1, ...known))];
  drawCurves(node, {
    label: formula(text("apart_lengths")),
    series: [{ name: text("length"), values: logs, style: "solid" }],
    range,
    first: words[0].t + 1,
    marked: words[at].t + 1,
    format: (power) => `10${superscript(power)}`,
  });
}

const superscript = (power) =>
  String(Math.round(power)).replace(
    /./g,
    (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)],
  );

function clipText() {
  const { length } = apart.of;
  const limit = learning.settings.clip;
  if (!limit) return text("apart_unclipped", { length: tiny(length) });
  const factor = Math.min(1, limit / length);
  return text("apart_clipped", { length: tiny(length), limit, factor: number(factor) });
}

function listenToApart() {
  const go = (by) => () => {
    apart.stage += by;
    drawApart();
  };
  byId("apart-take").addEventListener("click", takeApart);
  byId("apart-previous").addEventListener("click", go(-1));
  byId("apart-next").addEventListener("click", go(1));
  byId("apart-stage").addEventListener("input", ({ target }) => {
    apart.stage = Number(target.value);
    drawApart();
  });
  byId("apart-sample").addEventListener("change", ({ target }) => {
    Object.assign(apart, { sample: Number(target.value), stage: 0 });
    drawApart();
  });
}
