// A review's words, marked as the network sees them.

const MAX_CUT_WORDS = 300; // shown of the words that are cut off

// Words as the network sees them; `choose(place)` when one that it reads is clicked.
function drawTokens(node, reading, choose, marked = () => "") {
  const { words, padding, cutOff } = reading;
  const chips = [];
  if (padding) chips.push(chip("padding", `0 × ${padding}`, text("padding")));
  if (cutOff) chips.push(cutWords(words.slice(0, cutOff), reading.run.kind));
  if (reading.visible[0].text === null) {
    chips.push(["start", text("start"), START, -1, ""]);
  }
  words.slice(cutOff).forEach((word, k) => {
    const place = cutOff + k;
    const kind =
      word.token === null ? "dropped" : word.token === UNKNOWN ? "unknown" : "known";
    chips.push([kind, word.text, word.token ?? "–", place, marked(place)]);
  });
  node.choose = choose;
  update(node, chips);
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

const chip = (kind, word, below) =>
  element("span", { class: `token ${kind}` }, word, element("small", {}, below));

function button(node, kind, word, token, place, mark) {
  const onclick = () => node.choose(place);
  const attributes = {
    type: "button",
    class: `token ${kind} ${mark}`,
    "data-place": place,
    onclick,
  };
  const text = word.length > 40 ? `${word.slice(0, 39)}…` : shown(word);
  return element("button", attributes, text, element("small", {}, String(token)));
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

function drawMarks() {
  const { settings, kind } = page.runs[state.run];
  const { timesteps } = settings;
  const marks = ["known", "unknown", "dropped", "cut"];
  replace(
    byId("marks"),
    marks.filter((mark) => mark !== "dropped" || kind === "imdb").map((kind) =>
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
