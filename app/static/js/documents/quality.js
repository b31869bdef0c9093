// Looks at a photo before it is sent: too small, blurred, or covered by glare. Works on a small grey copy; what the browser cannot
// decode (HEIC outside Safari, PDF) is not judged, the server reads it.

const SIDE = 640; // of the copy that is looked at
const SHORTEST_SIDE = 700; // pixels of the photo's longer side below which a page of text cannot be read
const SHARP = 60; // variance of the Laplacian in the sharpest parts; text in focus lies far above, a shaken page below
const GLARE_SHARE = 0.025; // of all pixels burnt out in one blot beside darker paper
const BURNT = 252;
const CELLS = 8;

// -> {problem: "" | "small" | "blurred" | "glare", canvas | null}
export async function inspect(file) {
  let bitmap;
  try {
    bitmap = await decode(file);
  } catch (unknown) {
    return { problem: "", canvas: null };
  }
  const longer = Math.max(bitmap.width, bitmap.height);
  const scale = Math.min(1, SIDE / longer);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  if (bitmap.close) bitmap.close();
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  return { problem: judge(greyOf(picture.data), canvas.width, canvas.height, longer), canvas };
}

/** iOS has createImageBitmap since 15 only. A picture's `width` is its own as long as it stands on no page. */
async function decode(file) {
  if ("createImageBitmap" in window) return createImageBitmap(file);
  const address = await new Promise((resolve, reject) => {
    const reader = Object.assign(new FileReader(), { onload: () => resolve(reader.result), onerror: () => reject(reader.error) });
    reader.readAsDataURL(file);
  });
  return new Promise((resolve, reject) => {
    const picture = Object.assign(new Image(), { onload: () => resolve(picture), onerror: reject });
    picture.src = address;
  });
}

// grey: Uint8 values of width x height pixels; longer: the photo's own longer side.
export function judge(grey, width, height, longer) {
  if (longer < SHORTEST_SIDE) return "small";
  if (glareOf(grey, width, height) > GLARE_SHARE) return "glare";
  return sharpnessOf(grey, width, height) < SHARP ? "blurred" : "";
}

function greyOf(rgba) {
  const grey = new Uint8ClampedArray(rgba.length / 4);
  for (let i = 0, j = 0; j < grey.length; i += 4, j++) grey[j] = 0.299 * rgba[i] + 0.587 * rgba[i + 1] + 0.114 * rgba[i + 2];
  return grey;
}

// The sharpest quarter of the cells decides: most of a page is blank paper, which says nothing about focus.
export function sharpnessOf(grey, width, height) {
  const found = [];
  forCells(width, height, (left, top, right, bottom) => {
    let sum = 0, squares = 0, count = 0;
    for (let y = Math.max(1, top); y < Math.min(height - 1, bottom); y++) {
      for (let x = Math.max(1, left); x < Math.min(width - 1, right); x++) {
        const at = y * width + x;
        const edge = 4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - width] - grey[at + width];
        sum += edge;
        squares += edge * edge;
        count++;
      }
    }
    if (count) found.push(squares / count - (sum / count) ** 2);
  });
  found.sort((a, b) => b - a);
  const best = found.slice(0, Math.max(1, found.length >> 2));
  return best.reduce((sum, value) => sum + value, 0) / best.length;
}

// Burnt-out pixels count where they fill a cell although the page around is not white: a lamp's reflection, not white paper.
export function glareOf(grey, width, height) {
  let total = 0;
  for (const value of grey) total += value;
  if (total / grey.length > 225) return 0;
  let burnt = 0;
  forCells(width, height, (left, top, right, bottom) => {
    let here = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) if (grey[y * width + x] >= BURNT) here++;
    if (here > 0.5 * (right - left) * (bottom - top)) burnt += here;
  });
  return burnt / grey.length;
}

function forCells(width, height, look) {
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const edges = [(column * width) / CELLS, (row * height) / CELLS, ((column + 1) * width) / CELLS, ((row + 1) * height) / CELLS];
      look(...edges.map(Math.floor));
    }
  }
}
