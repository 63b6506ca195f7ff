// A zip file whose members are stored as they are. Pure functions: no document.

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++)
    crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const MIDNIGHT = [0, 0, 0x21, 0]; // of 1 January 1980: the same bytes at any time

// members: {name: bytes}.
function zipFile(members) {
  const [files, directory] = [[], []];
  let offset = 0;
  for (const [name, bytes] of Object.entries(members)) {
    const sizes = [little(4, bytes.length), little(4, bytes.length)];
    const facts = joined([20, 0, 0, 0, 0, 0], MIDNIGHT, little(4, crc32(bytes)), sizes);
    const names = joined(little(2, name.length), little(2, 0));
    const file = joined(ascii("PK\x03\x04"), facts, names, ascii(name), bytes);
    const rest = joined(new Uint8Array(10), little(4, offset), ascii(name));
    directory.push(joined(ascii("PK\x01\x02"), [20, 0], facts, names, rest));
    files.push(file);
    offset += file.length;
  }
  const list = joined(directory);
  const count = little(2, files.length);
  const end = [
    new Uint8Array(4),
    count,
    count,
    little(4, list.length),
    little(4, offset),
  ];
  return joined(files, list, ascii("PK\x05\x06"), end, little(2, 0));
}
