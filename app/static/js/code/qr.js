// A QR encoder for digits alone: version 2 or 3, level M, fixed mask (ISO/IEC 18004). All that a code needs, so that the phone can draw
// its own with no signal. tests/credentials/test_qr_script.py compares it with segno, module for module.

const FORMS = {
  2: { size: 25, data: 28, check: 16, alignment: 18 },
  3: { size: 29, data: 44, check: 26, alignment: 22 },
};
const LEVEL_M = 0b00;
export const QUIET = 4;
export const MASK = 3; // the server's choice too; any mask decodes

const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The modules of `digits`: rows of 0 (light) and 1 (dark), without the quiet zone. Throws RangeError when they do not fit. */
export function encode(digits, { version = 2, mask = MASK } = {}) {
  const form = FORMS[version];
  const words = dataWords(digits, form.data);
  const frame = drawFrame(form);
  placeWords(frame, [...words, ...checkWords(words, form.check)], MASKS[mask]);
  placeFormat(frame, mask);
  return frame.modules;
}

/** The dark modules as an SVG path to be stroked one unit wide, shifted by the quiet zone; the same text as the server's. */
export function pathOf(modules) {
  let path = "";
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (x < row.length && row[x]) x++;
      path += `M${start + QUIET} ${y + QUIET}.5h${x - start}`;
    }
  });
  return path;
}

function dataWords(digits, capacity) {
  let bits = "0001" + digits.length.toString(2).padStart(10, "0");
  for (let i = 0; i < digits.length; i += 3) {
    const group = digits.slice(i, i + 3);
    bits += Number(group).toString(2).padStart([0, 4, 7, 10][group.length], "0");
  }
  if (!/^\d+$/.test(digits) || bits.length > capacity * 8) throw new RangeError("not the digits of a code");
  bits += "0".repeat(Math.min(4, capacity * 8 - bits.length)); // the terminator is cut where the symbol is full (63 digits)
  bits += "0".repeat(-bits.length & 7);
  const words = bits.match(/.{8}/g).map((byte) => parseInt(byte, 2));
  for (let pad = 0; words.length < capacity; pad ^= 1) words.push(pad ? 0x11 : 0xec);
  return words;
}

// Reed-Solomon over GF(256) with the polynomial 0x11d: the remainder of data * x^n by the generator with roots 2^0 ... 2^(n-1).
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; i++) {
  EXP[i] = EXP[i + 255] = value;
  LOG[value] = i;
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0);
}

function times(a, b) {
  return a && b ? EXP[LOG[a] + LOG[b]] : 0;
}

function checkWords(words, count) {
  let generator = [1];
  for (let i = 0; i < count; i++) {
    const next = [...generator, 0];
    generator.forEach((factor, j) => (next[j + 1] ^= times(factor, EXP[i])));
    generator = next;
  }
  const rest = [...words, ...new Array(count).fill(0)];
  for (let i = 0; i < words.length; i++) {
    const lead = rest[i];
    generator.forEach((factor, j) => (rest[i + j] ^= times(factor, lead)));
  }
  return rest.slice(words.length);
}

function drawFrame({ size, alignment }) {
  const modules = Array.from({ length: size }, () => new Uint8Array(size));
  const taken = Array.from({ length: size }, () => new Uint8Array(size));
  const set = (x, y, dark) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    modules[y][x] = dark ? 1 : 0;
    taken[y][x] = 1;
  };
  for (let i = 0; i < size; i++) {
    set(i, 6, i % 2 === 0);
    set(6, i, i % 2 === 0);
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    rings(cx, cy, 4, (ring) => ring !== 2 && ring !== 4, set); // finder pattern with its separator
  }
  rings(alignment, alignment, 2, (ring) => ring !== 1, set);
  for (let i = 0; i < 9; i++) {
    // where the format bits will stand
    if (i !== 6) set(8, i, 0), set(i, 8, 0);
    if (i < 8) set(size - 1 - i, 8, 0), set(8, size - 1 - i, 0);
  }
  set(8, size - 8, 1);
  return { size, modules, taken };
}

function rings(cx, cy, radius, isDark, set) {
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) set(cx + dx, cy + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
  }
}

/** Two columns at a time from the right, upwards and downwards in turn, around the vertical timing pattern; masked on the way. */
function placeWords({ size, modules, taken }, words, isFlipped) {
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const y = isUpward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (taken[y][x]) continue;
        const value = bit < words.length * 8 ? (words[bit >> 3] >> (7 - (bit & 7))) & 1 : 0;
        modules[y][x] = value ^ (isFlipped(x, y) ? 1 : 0);
        bit++;
      }
    }
  }
}

/** Level and mask, with their BCH(15,5) remainder, twice. */
function placeFormat({ size, modules }, mask) {
  const data = (LEVEL_M << 3) | mask;
  let rest = data << 10;
  for (let i = 14; i >= 10; i--) if ((rest >> i) & 1) rest ^= 0x537 << (i - 10);
  const format = ((data << 10) | rest) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const bit = (format >> i) & 1;
    if (i < 8) {
      modules[i < 6 ? i : i + 1][8] = bit;
      modules[8][size - 1 - i] = bit;
    } else {
      modules[8][i === 8 ? 7 : 14 - i] = bit;
      modules[size - 15 + i][8] = bit;
    }
  }
}
