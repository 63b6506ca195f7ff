// A form's numbers, read strictly: what is no number within the limits stays in its
// field, marked and with the reason, and changes nothing.

// limits: {name: [min, max]}, counts but for the names in `fractions`. -> {name: number},
// or null if a field is refused.
function readNumbers(form, limits, fractions = []) {
  let refused = null;
  const numbers = {};
  for (const [name, [min, max]] of Object.entries(limits)) {
    const input = form.elements[name];
    const value = Number(input.value);
    const whole = fractions.includes(name) || Number.isInteger(value);
    const fits = input.value.trim() !== "" && whole && value >= min && value <= max;
    input.setAttribute("aria-invalid", !fits);
    if (!fits) refused ??= { name, min, max };
    numbers[name] = value;
  }
  const note = form.querySelector(".refused");
  note.hidden = !refused;
  if (refused) {
    const key = fractions.includes(refused.name) ? "refused_number" : "refused_count";
    const values = {
      ...refused,
      name: fieldLabel(refused.name),
      max: thousands(refused.max),
    };
    note.textContent = text(key, values);
  }
  return refused ? null : numbers;
}

const LABELS = { cell: "cell_kind", embedding: "embedding_size" }; // else the name itself
const fieldLabel = (name) => text(LABELS[name] ?? name);

const labelled = (name, control) =>
  element("label", {}, element("span", {}, fieldLabel(name)), control);

const numberField = (name, value, [min, max], step = 1) =>
  labelled(name, element("input", { type: "number", name, min, max, step, value }));

const choiceField = (name, values, chosen, label = text) =>
  labelled(
    name,
    element(
      "select",
      { name },
      values.map((value) =>
        element("option", { value, selected: value === chosen && "" }, label(value)),
      ),
    ),
  );

const refusedNote = () =>
  element("p", { class: "notice refused", role: "alert", hidden: "" });
