// Small helpers: elements, texts in two languages, numbers, formulas.

const byId = (id) => document.getElementById(id);

// element("td", {class: "sum", onclick}, "text", child). Text is never read as HTML.
function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svgElement(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  return fill(node, attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node[name] = value;
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter(Boolean));
  return node;
}

// Hands a file that the page made to the browser, which keeps it as a download.
function download(name, bytes) {
  const url = URL.createObjectURL(new Blob([bytes]));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// To ask for a width makes the browser lay the page out, so it is asked once; main.js
// clears the answers when the window or the tab changes.
const widths = new Map();
function widthOf(node) {
  if (!widths.has(node)) widths.set(node, node.clientWidth);
  return widths.get(node);
}

const replace = (node, ...children) =>
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));

// The text of a key in the current language, with its {holes} filled.
function text(key, values = {}) {
  const found = page.texts[state.language][key];
  if (found === undefined) throw new Error(`no text ${key}`);
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// "h_(t-1) W_h + b" with its letters in italics and its subscripts below the line.
function formula(source) {
  const parts = source.split(/([A-Za-z]_(?:\([^)]*\)|\w+)|\b[bcfghioprwzE]\b)/);
  return parts.filter(Boolean).map((part) => {
    const [letter, below] = part.split("_");
    if (below === undefined) {
      return /^[a-zE]$/.test(part) ? element("span", { class: "math" }, part) : part;
    }
    const subscript = below.replace(/[()]/g, "").replace("-", "−");
    return element("span", { class: "math" }, letter, element("sub", {}, subscript));
  });
}

// With a real minus sign, so that numbers below each other line up.
const number = (value, digits = 3) => value.toFixed(digits).replace("-", "−");
const signed = (value, digits = 3) => (value < 0 ? "" : "+") + number(value, digits);
const inBrackets = (value) => (value < 0 ? `(${number(value)})` : number(value));
const percent = (share) => (100 * share).toFixed(1);
const thousands = (value) => value.toLocaleString("en-US");
const shapeText = (shape) =>
  `(${shape.map((size) => size.toLocaleString("en-US")).join(", ")}${shape.length === 1 ? "," : ""})`;
