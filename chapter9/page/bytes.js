// Bytes of a file, put together. Pure functions: no document.

const ascii = (letters) => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));

// A whole number in `size` bytes, the lowest first.
const little = (size, value) =>
  Uint8Array.from({ length: size }, (_, k) => Math.floor(value / 256 ** k) % 256);

// As 32-bit numbers, the lowest byte first.
function floats(values) {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, k) => view.setFloat32(4 * k, value, true));
  return new Uint8Array(view.buffer);
}

// Arrays of bytes, single bytes, and lists of these, one after the other.
function joined(...parts) {
  const all = parts.flat(Infinity);
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + (part.length ?? 1), 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part.length === undefined ? [part] : part, at);
    at += part.length ?? 1;
  }
  return bytes;
}
