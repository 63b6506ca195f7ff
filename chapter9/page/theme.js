// The look that the pictures have too (chapter9/theme.py): its colours, dashes, symbols.

// A colour of the scheme, light or dark as the reader's system is.
const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Of the n-th line of a chart, which is `width` wide.
const lineColour = (n) => colour(`curve-${n + 1}`);
const dashes = (n, width = 1) => page.theme.dashes[n].map((length) => length * width);
const lineStyle = (n, width = 2) => ({
  ...{ width, color: lineColour(n) },
  dash: n ? dashes(n, width).join("px,") + "px" : "solid",
});
const DOTTED = 2;

const bytesOf = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// Blue below 0, orange above: told apart with any kind of colour vision.
const COLOURS = page.theme.diverging.map(([at, hex]) => [at, bytesOf(hex)]);
const COLOUR_SCALE = page.theme.diverging.map(([at, hex]) => [(at + 1) / 2, hex]);

const colourOf = (value) => `rgb(${rgbOf(value)})`;

function rgbOf(value) {
  const v = Math.max(-1, Math.min(1, value));
  const above = Math.max(
    1,
    COLOURS.findIndex(([at]) => v <= at),
  );
  const [low, from] = COLOURS[above - 1];
  const [high, to] = COLOURS[above];
  const share = (v - low) / (high - low);
  return from.map((part, k) => Math.round(part + share * (to[k] - part)));
}

// The same for a canvas, opaque, in 256 steps on each side of 0.
const STEPS = 256;
const SHADES = Array.from({ length: 2 * STEPS + 1 }, (_, k) => [
  ...rgbOf(k / STEPS - 1),
  255,
]);
const shadeOf = (value) => SHADES[Math.round(STEPS * value) + STEPS] ?? SHADES[STEPS];

// Black or white, whichever is read better on the colour of a value (WCAG's luminance).
function inkOn(value) {
  const [r, g, b] = rgbOf(value).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const isPale = 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179;
  return isPale ? page.theme.on_pale : page.theme.on_dark;
}
