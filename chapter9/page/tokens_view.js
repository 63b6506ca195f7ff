// A review's words, marked as the network sees them.

const MAX_CUT_WORDS = 300; // shown of the words that are cut off

// Words as the network sees them; `choose(place)` when one that it reads is clicked.
// `told(place)`: {value, shown, title} to show in place of the token's number.
function drawTokens(node, reading, choose, marked = () => "", told = () => null) {
  const { words, padding, cutOff, special, visible } = reading;
  const chips = [];
  if (padding) chips.push(paddingChip(node, padding));
  if (cutOff) chips.push(cutWords(words.slice(0, cutOff), reading.run.kind));
  if (visible.some((step) => step.kind === "start")) {
    chips.push(["start", text("start"), special.start, -1, ""]);
  }
  words.slice(cutOff).forEach((word, k) => {
    const place = cutOff + k;
    const kind =
      word.token === null
        ? "dropped"
        : word.token === special.unknown
          ? "unknown"
          : "known";
    const { shown, value, title } = told(place) ?? {};
    const below = shown ?? word.token ?? "–";
    chips.push([kind, word.text, below, place, marked(place), value, title]);
  });
  node.choose = choose;
  update(node, chips);
  const first = node.querySelector("button");
  if (first && !node.querySelector('[tabindex="0"]')) first.tabIndex = 0;
}

// The arrow keys from word to word in a row that has no steps of its own.
function rove(event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const next = buttons[buttons.indexOf(document.activeElement) + by];
  if (!next) return;
  event.preventDefault();
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
  next.focus();
}

// Only what changed is made anew: of a hundred words a key press changes one.
function update(node, chips) {
  chips.forEach((wanted, k) => {
    const old = node.children[k];
    const isButton = Array.isArray(wanted);
    const signature = isButton && wanted.join(" ");
    if (isButton && old?.signature === signature) return;
    const made = isButton ? button(node, ...wanted) : wanted;
    made.signature = signature;
    if (old) old.replaceWith(made);
    else node.append(made);
  });
  while (node.children.length > chips.length) node.lastChild.remove();
}

// Where the tokens can be stepped through, the padding can be as well.
function paddingChip(node, padding) {
  const open = node.id === "tokens" && state.withPadding;
  const content = [`0 × ${padding}`, element("small", {}, text("padding"))];
  if (node.id !== "tokens") return element("span", { class: "token padding" }, content);
  const title = text(open ? "hide_padding" : "show_padding");
  const attributes = {
    type: "button",
    class: "token padding",
    "aria-expanded": open,
    tabindex: -1,
  };
  const onclick = () => showPadding(!open);
  return element("button", { ...attributes, title, onclick }, content);
}

function button(node, kind, word, below, place, mark, value, title) {
  const onclick = () => node.choose(place);
  const attributes = {
    type: "button",
    class: `token ${kind} ${mark}`,
    "data-place": place,
    title: title ?? null,
    tabindex: -1, // one of the row is reached by Tab, the others by arrow keys
    onclick,
  };
  const text = word.length > 40 ? `${word.slice(0, 39)}…` : shown(word);
  const made = element("button", attributes, text, element("small", {}, String(below)));
  if (value !== undefined) made.append(shareBar(value));
  return made;
}

// A bar to the right for what speaks for the label that is explained, or to the left.
function shareBar(value) {
  const bar = element("i", { class: value < 0 ? "minus" : "plus" });
  bar.style.width = `${(50 * Math.min(1, Math.abs(value))).toFixed(1)}%`;
  return element("span", { class: "share", "aria-hidden": "true" }, bar);
}

function cutWords(words, kind) {
  const last = words.slice(-MAX_CUT_WORDS).map((word) => word.text);
  return element(
    "details",
    { class: "token cut" },
    element("summary", {}, `… ${text("cut_off", { n: thousands(words.length) })}`),
    element("span", {}, joinWords(last, kind)),
  );
}

function drawBelow() {
  const options = ["token", "without", "gradient"].map((name) =>
    element(
      "option",
      { value: name, selected: name === state.below && "" },
      text(`below_${name}`),
    ),
  );
  replace(byId("below"), options);
  const run = page.runs[state.run];
  const sides =
    run.network.output.W.shape[1] > 1
      ? { right: text("predicted_label"), left: text("other_labels_short") }
      : { right: labelOf(run, 1), left: labelOf(run, 0) };
  const note = () => text(`below_${state.below}_note`, sides);
  const said = state.below === "token" ? "" : note();
  replace(byId("below-note"), formula(said));
}

function drawMarks() {
  const { settings, kind } = page.runs[state.run];
  const { timesteps } = settings;
  const marks = ["known", "unknown", "dropped", "cut"];
  replace(
    byId("marks"),
    marks
      .filter((mark) => mark !== "dropped" || DROPS.has(kind))
      .map((kind) =>
        element(
          "span",
          {},
          element("i", { class: `token ${kind}` }, "abc"),
          " ",
          text(`mark_${kind}`, { timesteps }),
        ),
      ),
  );
}
