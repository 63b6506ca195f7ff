// Start, events, and what is redrawn when.

const TABS = {
  review: drawReview,
  learn: drawLearn,
  compare: drawCompare,
  parameters: drawParameters,
  training: drawTrainingTab,
};

function drawAll() {
  document.documentElement.lang = state.language;
  document.title = `${text("title")} · ${page.runs[state.run].name}`;
  for (const node of document.querySelectorAll("[data-text]")) {
    replace(node, formula(text(node.dataset.text)));
  }
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", text(node.dataset.label));
    node.title = text(node.dataset.label);
  }
  for (const node of byId("language").children) {
    node.setAttribute("aria-pressed", node.value === state.language);
  }
  byId("footer").textContent = text("footer");
  replace(byId("scale"), "−1", element("i"), "+1");
  drawRun();
  drawPlay();
  drawTab();
  drawTour();
  drawWhy();
}

const runOptions = (chosen) =>
  page.runs.map((run, k) =>
    element(
      "option",
      { value: k, selected: k === chosen && "" },
      `${run.name} (${run.settings.model})`,
    ),
  );

function drawRun() {
  const run = page.runs[state.run];
  replace(byId("run"), runOptions(state.run));
  const checksum = run.checksum.slice(0, 12);
  const key = run.learned ? "identity_learned" : "identity";
  const facts = text(run.data === "file" ? "identity_file" : key, {
    parameters: thousands(run.parameters),
    words: thousands(run.settings.words),
    timesteps: run.settings.timesteps,
    data: run.kind === "imdb" ? run.data : text("own_data"),
  });
  byId("identity").textContent = [
    ...[facts, accuracyText(run)],
    checksum && `SHA-256 ${checksum}`,
  ]
    .filter(Boolean)
    .join(" · ");
  byId("identity").title = run.checksum;
  const examples = examplesOf(run);
  replace(
    byId("example"),
    element("option", { value: "" }, text("examples")),
    examples.map((review) =>
      element(
        "option",
        { value: review },
        review.length > 60 ? `${review.slice(0, 58)}…` : review,
      ),
    ),
  );
  const [{ type }] = run.network.recurrent;
  const gated = CELLS[type].gates.length > 0;
  replace(byId("gates-hint"), formula(gated ? text(`gates_hint_${type}`) : ""));
  drawQuantities();
  drawBelow();
  drawMarks();
  drawShapes(byId("shapes"), run);
}

function drawTab() {
  widths.clear();
  for (const name of Object.keys(TABS)) {
    const chosen = name === state.tab;
    byId(`panel-${name}`).hidden = !chosen;
    byId(`tab-${name}`).setAttribute("aria-selected", chosen);
    byId(`tab-${name}`).tabIndex = chosen ? 0 : -1;
  }
  TABS[state.tab]();
}

function setText(review) {
  const tooLong = review.length > MAX_REVIEW;
  const kept = review.slice(-MAX_REVIEW); // the network reads the last words
  const box = byId("review");
  if (box.value !== kept) box.value = kept;
  byId("too-long").hidden = !tooLong;
  byId("too-long").textContent = text("too_long", { limit: thousands(MAX_REVIEW) });
  state.text = kept;
  state.position = Infinity; // the last word: the one that was just typed, mostly
  drawReview();
}

// A paste of megabytes is cut before the browser lays it out.
function paste(event) {
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  if (pasted.length <= MAX_REVIEW) return;
  event.preventDefault();
  const { value, selectionStart, selectionEnd } = byId("review");
  setText(
    value.slice(0, selectionStart) +
      pasted.slice(-MAX_REVIEW - 1) +
      value.slice(selectionEnd),
  );
}

function chooseRun(index) {
  Object.assign(state, { run: index, layer: 0, unit: 0, quantity: "h", pins: [] });
  Object.assign(compare, { a: index, b: null });
  drawRun();
  drawTab();
}

const KEYS = {
  ArrowLeft: () => goTo(state.position - 1), // before the first word: the padding
  ArrowRight: () => goTo(state.position + 1),
  ArrowUp: () => moveUnit(-1),
  ArrowDown: () => moveUnit(1),
  Home: () => goTo(0),
  End: () => goTo(Infinity),
  " ": togglePlay,
};

// The arrow keys step wherever the focus is, but in fields that need them themselves.
function onKey(event) {
  const { target, key } = event;
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  if (state.tab !== "review" || byId("why").open || modified || !(key in KEYS)) return;
  const field = /^(TEXTAREA|SELECT)$/.test(target.tagName) || target.type === "range";
  const pressed = key === " " && /^(BUTTON|SUMMARY)$/.test(target.tagName);
  if (field || pressed || target.role === "tab") return;
  if (currentReading().noScore) return;
  event.preventDefault();
  KEYS[key]();
}

function onTabKey(event) {
  const names = Object.keys(TABS);
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  const next = (names.indexOf(state.tab) + by + names.length) % names.length;
  showTab(names[next]);
  byId(`tab-${state.tab}`).focus();
}

function showTab(name) {
  stop();
  state.tab = name;
  drawTab();
}

function listen() {
  byId("review").addEventListener("input", (event) => setText(event.target.value));
  byId("review").addEventListener("paste", paste);
  byId("example").addEventListener(
    "change",
    (event) => event.target.value && setText(event.target.value),
  );
  byId("run").addEventListener("change", (event) =>
    chooseRun(Number(event.target.value)),
  );
  byId("below").addEventListener("change", ({ target }) => {
    state.below = target.value;
    drawBelow();
    drawReview();
  });
  byId("quantity").addEventListener("change", (event) => {
    const [layer, quantity] = event.target.value.split(" ");
    Object.assign(state, { layer: Number(layer), quantity, unit: 0 });
    drawReview();
  });
  byId("position").addEventListener("input", (event) =>
    goTo(Number(event.target.value)),
  );
  const clicks = {
    first: KEYS.Home,
    previous: KEYS.ArrowLeft,
    play: togglePlay,
    next: KEYS.ArrowRight,
    last: KEYS.End,
    replace: replaceWord,
    swap: swapWords,
    reset: resetWords,
    "bag-train": trainBag,
  };
  for (const [id, onclick] of Object.entries(clicks))
    byId(id).addEventListener("click", onclick);
  for (const side of ["a", "b"]) {
    byId(`run-${side}`).addEventListener("change", (event) => {
      compare[side] = Number(event.target.value);
      drawCompare();
    });
  }
  byId("pair").addEventListener(
    "change",
    ({ target }) => target.value && choosePair(Number(target.value)),
  );
  byId("replacement").addEventListener(
    "keydown",
    (event) => event.key === "Enter" && replaceWord(),
  );
  byId("stack").addEventListener("input", readStack);
  byId("stack").addEventListener("submit", (event) => event.preventDefault());
  byId("language").addEventListener("click", (event) => {
    if (!event.target.value) return;
    state.language = event.target.value;
    drawAll();
  });
  for (const name of Object.keys(TABS))
    byId(`tab-${name}`).addEventListener("click", () => showTab(name));
  byId("tabs").addEventListener("keydown", onTabKey);
  listenToLearning();
  listenToTour();
  listenToWhy();
  for (const side of ["a", "b"])
    byId(`tokens-${side}`).addEventListener("keydown", rove);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTab);
  document.addEventListener("keydown", onKey);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return; // a phone's address bar comes and goes
    width = window.innerWidth;
    drawTab();
  });
}

// The page as it is first seen: the first run reads its first example.
function start() {
  Object.assign(state, {
    tab: "review",
    run: 0,
    layer: 0,
    unit: 0,
    quantity: "h",
    pins: [],
    withPadding: false,
    below: "token",
  });
  Object.assign(compare, { a: 0, b: null, of: null });
  Object.assign(tour, { at: 0, open: false });
  stack = PRESETS.preset_book;
  state.text = examplesOf(page.runs[0])[0];
  state.position = 0;
  byId("review").value = state.text;
  byId("too-long").hidden = true;
  drawAll();
}

unpackRuns().then(() => {
  byId("page").hidden = false;
  listen();
  start();
});
