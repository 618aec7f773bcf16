/** The mark as a PNG: drawn here, so that the repository holds no pictures and the build needs no program for them. */

import { deflateSync } from "node:zlib";

/** As in public/icon.svg, in its 32 × 32; each arc as the corner that it rounds. */
const SPEECH = [[6, 4], [25, 4, 4], [25, 16, 4], [12, 16], [6, 21]];
const ANSWER = [[27, 12], [27, 28], [21, 23], [10.5, 23, 3.5], [13, 19], [27, 19, 6]];
const SAMPLES = 4;
const GROUND = [251, 251, 249];
const INK = [84, 112, 224];
const FAINT = [167, 182, 237];

/** The PNG's bytes. `full`: the ground reaches the edges, and the mark keeps to the middle, as masks may cut. */
export function picture(size, full = false) {
  const scale = (full ? 0.58 : 0.8) * (size / 32);
  const shift = (size - 32 * scale) / 2;
  const place = (points) => points.map(([x, y, r]) => [x * scale + shift, y * scale + shift, r && r * scale]);
  const marks = [[rounded(place(ANSWER)), FAINT], [rounded(place(SPEECH)), INK]];
  const corner = full ? 0 : size * 0.22;
  const ground = rounded([[0, 0, corner], [size, 0, corner], [size, size, corner], [0, size, corner]]);
  const pixels = Buffer.alloc(size * size * 4);
  paint(pixels, size, ground, GROUND);
  for (const [shape, colour] of marks) paint(pixels, size, shape, colour);
  return png(size, pixels);
}

/** Corners with a radius become a few straight steps. */
function rounded(points) {
  return points.flatMap(([x, y, r], index) => {
    if (!r) return [[x, y]];
    const [before, after] = [points.at(index - 1), points[(index + 1) % points.length]];
    const [from, to] = [towards([x, y], before, r), towards([x, y], after, r)];
    return Array.from({ length: 17 }, (_, step) => bend(from, [x, y], to, step / 16));
  });
}

function towards([x, y], [toX, toY], distance) {
  const length = Math.hypot(toX - x, toY - y);
  return [x + ((toX - x) * distance) / length, y + ((toY - y) * distance) / length];
}

/** Along a quarter of a circle, near enough: a cubic with the usual handles. */
function bend([ax, ay], [bx, by], [cx, cy], t) {
  const k = 0.5523;
  const mix = (a, b, c) => {
    const [p, q] = [a + (b - a) * k, c + (b - c) * k];
    const u = 1 - t;
    return u ** 3 * a + 3 * u * u * t * p + 3 * u * t * t * q + t ** 3 * c;
  };
  return [mix(ax, bx, cx), mix(ay, by, cy)];
}

function paint(pixels, size, shape, colour) {
  for (let y = 0; y < size; y++) {
    const covered = new Float64Array(size);
    for (let line = 0; line < SAMPLES; line++) cover(covered, crossings(shape, y + (line + 0.5) / SAMPLES), size);
    for (let x = 0; x < size; x++) blend(pixels, (y * size + x) * 4, colour, covered[x] / SAMPLES);
  }
}

/** Where a line at this height enters and leaves the shape. */
function crossings(shape, y) {
  const found = [];
  shape.forEach(([x1, y1], index) => {
    const [x2, y2] = shape[(index + 1) % shape.length];
    if (y1 <= y !== y2 <= y) found.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  });
  return found.sort((one, other) => one - other);
}

function cover(covered, edges, size) {
  for (let pair = 0; pair + 1 < edges.length; pair += 2) {
    const [from, to] = [Math.max(0, edges[pair]), Math.min(size, edges[pair + 1])];
    for (let x = Math.floor(from); x < to; x++) covered[x] += Math.min(x + 1, to) - Math.max(x, from);
  }
}

function blend(pixels, at, colour, share) {
  if (!share) return;
  const under = pixels[at + 3] / 255;
  const alpha = share + under * (1 - share);
  colour.forEach((value, channel) => {
    pixels[at + channel] = Math.round((value * share + pixels[at + channel] * under * (1 - share)) / alpha);
  });
  pixels[at + 3] = Math.round(alpha * 255);
}

function png(size, pixels) {
  const rows = Buffer.alloc(size * (size * 4 + 1)); // each begins with its filter: none
  for (let y = 0; y < size; y++) pixels.copy(rows, y * (size * 4 + 1) + 1, y * size * 4, (y + 1) * size * 4);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8); // 8 bits, with alpha
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, content) {
  const body = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(checksum(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** CRC-32, as PNG has it. */
function checksum(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
