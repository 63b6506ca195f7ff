// "Why?" beside a panel: the question of docs/questions.md that belongs to it, and its
// answer, in a dialog that Escape closes.

const questionOf = (button) => page.questions[state.language][button.dataset.why];

function openWhy(button) {
  const { title, answer } = questionOf(button);
  replace(byId("why-title"), withCode(title));
  replace(
    byId("why-answer"),
    answer.map(([kind, said]) =>
      kind === "code"
        ? element("pre", { tabindex: 0 }, said)
        : element("p", {}, withCode(said)),
    ),
  );
  byId("why").showModal();
}

// What stands between backquotes is code.
const withCode = (said) =>
  said.split("`").map((part, k) => (k % 2 ? element("code", {}, part) : part));

function drawWhy() {
  for (const button of document.querySelectorAll("[data-why]")) {
    button.textContent = text("why");
    const { title } = questionOf(button);
    button.setAttribute("aria-label", `${text("why")} ${title.replaceAll("`", "")}`);
  }
}

function listenToWhy() {
  for (const button of document.querySelectorAll("[data-why]")) {
    button.addEventListener("click", () => openWhy(button));
  }
  const dialog = byId("why");
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  byId("why-close").addEventListener("click", () => dialog.close());
}
