// The legend of dimensions.

// The shape of everything in the equation, for one timestep and for the review.
function drawShapes(node, run) {
  const { network, settings } = run;
  const rows = [];
  const T = settings.timesteps;
  const row = (symbol, step, review, meaning) =>
    rows.push(
      element(
        "tr",
        {},
        element("th", {}, formula(symbol)),
        element("td", { class: "shape" }, step && shapeText(step)),
        element("td", { class: "shape" }, review && shapeText(review)),
        element("td", {}, meaning),
      ),
    );
  network.recurrent.forEach((layer, l) => {
    const features = layer.W_x.shape[0];
    const last = l === network.recurrent.length - 1;
    const input = l > 0 ? "hidden_in" : network.embedding ? "embedding" : "one_hot";
    const gates = GATES[layer.type].length;
    const wide = gates > 1 ? `; ${text("gates_wide", { n: gates })}` : "";
    if (network.recurrent.length > 1) rows.push(layerRow(l));
    row("x_t", [features], [1, T, features], text(`shape_${input}`));
    row("W_x", layer.W_x.shape, null, text("shape_W_x") + wide);
    row("W_h", layer.W_h.shape, null, text("shape_W_h") + wide);
    const bias = layer.b_h ? [2, layer.b.length] : [layer.b.length];
    row(
      "b",
      bias,
      null,
      text("shape_b") + (layer.b_h ? `; ${text("two_biases")}` : ""),
    );
    if (layer.type === "lstm") row("c_t", [layer.units], null, text("shape_c"));
    row(
      "h_t",
      [layer.units],
      last ? [1, layer.units] : [1, T, layer.units],
      text("shape_h"),
    );
  });
  const [, outputs] = network.output.W.shape;
  const meaning = text(outputs > 1 ? "shape_outputs" : "shape_output");
  row("p", [outputs], [1, outputs], meaning);
  const heads = ["symbol", "per_step", "per_review", "meaning"];
  replace(
    node,
    element(
      "table",
      { class: "plain" },
      element(
        "thead",
        {},
        element("tr", {}, ...heads.map((key) => element("th", {}, text(key)))),
      ),
      element("tbody", {}, ...rows),
    ),
  );
}

const layerRow = (l) =>
  element(
    "tr",
    { class: "group" },
    element("th", { colspan: 4 }, `${text("layer")} ${l + 1}`),
  );
