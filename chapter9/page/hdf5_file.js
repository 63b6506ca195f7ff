// An HDF5 file of groups and 32-bit numbers, as Keras reads a model's weights from.
//
// Of the format's specification (version 3) it takes the simplest that the HDF5 library
// reads: superblock 0, object headers 1, a group's links as messages in its header, each
// dataset's numbers one by one. Pure functions: no document.

const NOWHERE = new Uint8Array(8).fill(255); // an address of nothing
const SUPERBLOCK = 96; // bytes

// tree: {name: tree} is a group, {shape, values} a dataset.
function hdf5File(tree) {
  const parts = [null];
  let length = SUPERBLOCK;
  const put = (part) => {
    const address = length;
    parts.push(toEight(part));
    length += parts.at(-1).length;
    return address;
  };
  const write = (node) => {
    if (node.values) return put(dataset(node, put(floats(node.values))));
    const links = Object.entries(node).map(([name, child]) => link(name, write(child)));
    return put(group(links));
  };
  const root = write(tree);
  parts[0] = superblock(root, length);
  return joined(parts);
}

const toEight = (part) => joined(part, new Uint8Array(-part.length & 7));

function superblock(root, length) {
  const versions = [0, 0, 0, 0, 0, 8, 8, 0]; // addresses and lengths have 8 bytes
  const treeSizes = joined(little(2, 4), little(2, 16), little(4, 0)); // not used here
  const addresses = joined(little(8, 0), NOWHERE, little(8, length), NOWHERE);
  const entry = joined(little(8, 0), little(8, root), new Uint8Array(24));
  const signature = ascii("\x89HDF\r\n\x1a\n");
  return joined(signature, versions, treeSizes, addresses, entry);
}

function objectHeader(messages) {
  const body = joined(messages);
  const count = little(2, messages.length);
  return joined(
    [1, 0],
    count,
    little(4, 1),
    little(4, body.length),
    little(4, 0),
    body,
  );
}

function message(kind, content) {
  const whole = toEight(content);
  return joined(little(2, kind), little(2, whole.length), little(4, 0), whole);
}

const LINK_INFO = message(2, joined([0, 0], NOWHERE, NOWHERE)); // links stand in the header
const GROUP_INFO = message(10, [0, 0]);
const group = (links) => objectHeader([LINK_INFO, GROUP_INFO, ...links]);

const link = (name, address) =>
  message(6, joined([1, 0, name.length], ascii(name), little(8, address)));

// IEEE 754, 32 bits: sign at 31, exponent of 8 bits at 23, its bias 127.
const FLOAT = message(
  3,
  joined(
    [0x11, 0x20, 31, 0],
    little(4, 4),
    little(2, 0),
    little(2, 32),
    [23, 8, 0, 23],
    little(4, 127),
  ),
);
const NO_FILL = message(5, [2, 1, 0, 0]);

function dataset({ shape, values }, address) {
  const sizes = shape.map((size) => little(8, size));
  const space = message(1, joined([1, shape.length, 0], new Uint8Array(5), sizes));
  const place = joined([3, 1], little(8, address), little(8, 4 * values.length));
  return objectHeader([space, FLOAT, NO_FILL, message(8, place)]);
}
