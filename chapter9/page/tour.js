// A tour of eight stops: each puts the page where there is something to see, says what it
// is and where the book has it. It can be left and come back to at any stop.

const TOUR = [
  { key: "word", shown: "#unfolded", go: () => goToWord(0) },
  { key: "neuron", shown: "#equation", go: () => goToWord(0) },
  { key: "recurrent", shown: "#unfolded", go: () => goToWord(1) },
  { key: "shared", shown: "#unfolded", go: () => goToWord(2) },
  { key: "padding", shown: "#tokens", go: () => goTo(0) },
  { key: "output", shown: "#equation", go: () => goToOutput() },
  { key: "shapes", shown: "#shapes", go: () => {} },
  { key: "order", shown: "#tokens-b", tab: "compare", go: () => {} },
];
const tour = { at: 0, open: false };

// The n-th word that the network reads, and the first neuron of its first layer.
function goToWord(n) {
  const words = currentReading().visible.filter((step) => step.kind === "word");
  const step = words[Math.min(n, words.length - 1)];
  chooseNeuron(currentReading().visible.indexOf(step), 0, 0);
}

function goToOutput() {
  const { visible, trace } = currentReading();
  chooseNeuron(visible.length - 1, trace.layers.length - 1, "output");
}

function openTour(at) {
  tour.open = true;
  tour.at = Math.max(0, Math.min(at, TOUR.length - 1));
  const { tab = "review", go, shown } = TOUR[tour.at];
  if (state.tab !== tab) showTab(tab);
  if (currentReading().noScore) setText(examplesOf(page.runs[state.run])[0]);
  go();
  drawTour();
  byId("page").querySelector(shown).scrollIntoView({ block: "center" });
}

function closeTour() {
  tour.open = false;
  drawTour();
  byId("tour-open").focus();
}

function drawTour() {
  byId("tour").hidden = !tour.open;
  for (const node of document.querySelectorAll(".toured")) {
    node.classList.remove("toured");
  }
  if (!tour.open) return;
  const { key, shown } = TOUR[tour.at];
  byId("page").querySelector(shown).classList.add("toured");
  replace(byId("tour-text"), formula(text(`tour_${key}`)));
  byId("tour-at").textContent = `${tour.at + 1} / ${TOUR.length}`;
  byId("tour-back").disabled = tour.at === 0;
  byId("tour-on").disabled = tour.at === TOUR.length - 1;
}

function listenToTour() {
  byId("tour-open").addEventListener("click", () => openTour(tour.at));
  byId("tour-back").addEventListener("click", () => openTour(tour.at - 1));
  byId("tour-on").addEventListener("click", () => openTour(tour.at + 1));
  byId("tour-close").addEventListener("click", closeTour);
}
