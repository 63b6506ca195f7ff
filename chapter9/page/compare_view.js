// The tab "compare": the same review with words changed or swapped, or two models.

const compare = { a: 0, b: null, words: null, of: null, chosen: [] };

// B starts as A's words; a new review starts it again.
function comparedWords() {
  const { kind } = page.runs[compare.b];
  const of = `${kind} ${state.text}`;
  if (compare.of !== of) {
    const words = splitIntoWords(state.text, kind);
    Object.assign(compare, { of, words, chosen: [] });
  }
  return compare.words;
}

function drawCompare() {
  compare.b ??= compare.a;
  const changed = comparedWords();
  const a = read(compare.a, state.text);
  const b = read(compare.b, joinWords(changed, page.runs[compare.b].kind));
  drawSide(
    "a",
    a,
    () => {},
    () => "",
  );
  const texts = [b, a].map(({ words }) => words.map((word) => word.text));
  const places = changedPlaces(...texts);
  drawSide("b", b, chooseForEdit, (place) => markOf(place, places));
  drawEdit();
  drawDifference(a, b);
  drawPairs();
  drawBag([state.text, joinWords(changed, page.runs[compare.b].kind)]);
}

function drawPairs() {
  const pairs = pairsOf(page.runs[compare.a]);
  byId("pair").parentElement.hidden = !pairs.length;
  replace(
    byId("pair"),
    element("option", { value: "" }, text("pair_choose")),
    pairs.map(([first], k) => element("option", { value: k }, first)),
  );
}

// A reads the first review of a pair, B the same words in the order of the second.
function choosePair(number) {
  const [first, second] = pairsOf(page.runs[compare.a])[number];
  setText(first);
  comparedWords();
  compare.words = splitIntoWords(second, page.runs[compare.b].kind);
  drawCompare();
}

function drawSide(side, reading, choose, marked) {
  replace(byId(`run-${side}`), runOptions(compare[side]));
  drawTokens(byId(`tokens-${side}`), reading, choose, marked);
  const verdict = byId(`verdict-${side}`);
  drawVerdict(verdict, reading);
  const right = accuracyText(reading.run);
  if (right) verdict.append(element("small", {}, ` · ${right}`));
}

function markOf(place, changed) {
  const chosen = compare.chosen.includes(place) ? "chosen" : "";
  return changed.has(place) ? `${chosen} changed` : chosen;
}

// The places in `words` that differ from `other`: one by one where there are as many,
// and else what stands between the same beginning and the same end.
function changedPlaces(words, other) {
  const places = words.map((_, place) => place);
  if (words.length === other.length) {
    return new Set(places.filter((place) => words[place] !== other[place]));
  }
  const most = Math.min(words.length, other.length);
  let start = 0;
  while (start < most && words[start] === other[start]) start++;
  let end = 0;
  while (end < most - start && words.at(-1 - end) === other.at(-1 - end)) end++;
  return new Set(places.slice(start, words.length - end));
}

function chooseForEdit(place) {
  if (place < 0) return;
  const others = compare.chosen.filter((other) => other !== place);
  const added = others.length === compare.chosen.length;
  compare.chosen = added ? [...others.slice(-1), place] : others;
  drawCompare();
  const chip = byId("tokens-b").querySelector(`[data-place="${place}"]`);
  (compare.chosen.length === 1 ? byId("replacement") : chip).focus();
}

function drawEdit() {
  const { kind } = page.runs[compare.b];
  const [first, second] = compare.chosen.map((place) => shown(compare.words[place]));
  const count = compare.chosen.length;
  byId("replace").disabled = count !== 1;
  byId("replacement").disabled = count !== 1;
  byId("swap").disabled = count !== 2;
  byId("reset").disabled =
    joinWords(compare.words, kind) ===
    joinWords(splitIntoWords(state.text, kind), kind);
  const key = ["select_none", "select_one", "select_two"][count];
  byId("edit-help").textContent = text(key, { word: first, first, second });
}

function replaceWord() {
  const [place] = compare.chosen;
  const words = splitIntoWords(byId("replacement").value, page.runs[compare.b].kind);
  if (place === undefined || !words.length) return;
  compare.words.splice(place, 1, ...words);
  compare.chosen = [];
  byId("replacement").value = "";
  drawCompare();
}

function swapWords() {
  const [i, j] = compare.chosen;
  const { words } = compare;
  [words[i], words[j]] = [words[j], words[i]];
  compare.chosen = [];
  drawCompare();
}

function resetWords() {
  compare.of = null;
  drawCompare();
}

// What is compared: A's label in both. Two models that tell other labels apart, one of
// them more than two, are each shown with the label it predicts.
function comparedLabel(a, b) {
  const many = [a, b].some(({ trace }) => isMany(trace.outputs[0]));
  const sameNames = String(a.run.labels) === String(b.run.labels);
  const sameCount = a.trace.outputs[0].length === b.trace.outputs[0].length;
  const alike = !many || (sameNames && sameCount);
  const neurons = [a.trace.neuron, alike ? a.trace.neuron : b.trace.neuron];
  return { neurons, alike, label: explainedLabel(a) };
}

function drawDifference(a, b) {
  const comparable = !a.noScore && !b.noScore;
  for (const id of ["chart-both", "chart-a", "chart-b"]) {
    byId(id).parentElement.hidden = !comparable;
  }
  const node = byId("difference");
  if (!comparable) return replace(node, text("no_comparison"));
  const { neurons, label, alike } = comparedLabel(a, b);
  const pa = a.trace.outputs.at(-1)[neurons[0]];
  const pb = b.trace.outputs.at(-1)[neurons[1]];
  const parted = b.visible.findIndex((step, k) => {
    const other = a.visible[k];
    if (!other || step.token !== other.token) return true;
    const before = a.trace.outputs[other.t][neurons[0]];
    return before !== b.trace.outputs[step.t][neurons[1]];
  });
  if (!alike) replace(node, text("other_labels"));
  else if (parted < 0 && pa === pb) {
    replace(node, text("no_difference", { a: number(pa) }));
  } else {
    const at = Math.max(0, parted);
    const values = { a: number(pa), b: number(pb), change: signed(pb - pa) };
    const word = wordOf(b.visible[at]);
    const of = isMany(a.trace.outputs[0]) ? `${probabilityOf(label)}: ` : "";
    replace(node, of + text("difference", { ...values, t: at + 1, word }));
  }
  const title = alike ? probabilityOf(label) : text("probability_each");
  drawBoth(byId("chart-both"), a, b, neurons, title);
  drawHeatMap(byId("chart-a"), a, a.trace.layers.length - 1);
  drawHeatMap(byId("chart-b"), b, b.trace.layers.length - 1);
}
