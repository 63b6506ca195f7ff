// Numbers of the chart: shown at the pointer, and kept by a click.

// What a point of the chart stands for: a neuron's cell, or the probability.
function pointOf(point) {
  const cell = point.data.type === "heatmap";
  const position = Math.round(point.x);
  const unit = cell ? Math.round(point.y) - 1 : "output";
  const { layer, quantity } = state;
  return { position, unit, layer, quantity, neuron: point.data.meta };
}

function describe(pin, reading) {
  const step = reading.visible[pin.position];
  const word = wordOf(step);
  if (pin.unit === "output") {
    const outputs = reading.trace.outputs[step.t];
    const value = number(outputs[pin.neuron]);
    const label = labelOf(reading.run, pin.neuron);
    return text(isMany(outputs) ? "pin_label" : "pin_p", { word, value, label });
  }
  const values = reading.trace.layers[pin.layer].steps[step.t][pin.quantity];
  const name = text(`quantity_${pin.quantity}`);
  return text("pin", {
    word,
    unit: pin.unit + 1,
    name,
    value: number(values[pin.unit]),
  });
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
  replace(
    byId("pins"),
    pins.map((pin) => {
      const remove = () => {
        state.pins = state.pins.filter((other) => other !== pin);
        drawCharts(currentReading());
      };
      const label = `${text("unpin")}: ${describe(pin, reading)}`;
      return element(
        "li",
        {},
        describe(pin, reading),
        element(
          "button",
          { type: "button", onclick: remove, "aria-label": label },
          "×",
        ),
      );
    }),
  );
}

function showTooltip({ event, points }) {
  const pin = pointOf(points[0]);
  const reading = currentReading();
  if (pin.position >= reading.visible.length) return;
  showAt(event, describe(pin, reading));
}

function showAt({ clientX, clientY }, said) {
  const node = byId("tooltip");
  node.textContent = said;
  node.hidden = false;
  const left = Math.min(clientX + 14, window.innerWidth - node.offsetWidth - 8);
  node.style.left = `${Math.max(8, left)}px`;
  node.style.top = `${clientY + 16}px`;
}

const hideTooltip = () => (byId("tooltip").hidden = true);
