// A screenshot as a small file: at most 256 colours, fewer if that is still large, chosen by halving boxes of colours (median cut), in a PNG with a palette.
// The same picture gives the same bytes.
import { deflateSync, inflateSync } from 'node:zlib';

interface Pixels {
  width: number;
  height: number;
  /** `0xrrggbb` from left to right, line after line. */
  colours: Uint32Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** A picture of a full screen loads at once in a browser; finer shades are not worth more. */
const MOST_BYTES = 120_000;

/** What Chromium's screenshots are: eight bits, RGB or RGBA, not interlaced. https://www.w3.org/TR/png-3/ */
export function smallPng(png: Buffer): Buffer {
  const pixels = decode(png);
  const fine = encode(pixels, 256);
  return fine.length <= MOST_BYTES ? fine : encode(pixels, 96);
}

function decode(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  let [width, height, bytes] = [0, 0, 0];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      bytes = { 2: 3, 6: 4 }[data[9]!] ?? 0;
      if (data[8] !== 8 || bytes === 0 || data[12] !== 0) throw new Error('not a screenshot as Chromium takes them');
    }
    if (kind === 'IDAT') parts.push(data);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const line = width * bytes;
  const colours = new Uint32Array(width * height);
  let before = new Uint8Array(line);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (line + 1)]!;
    const now = new Uint8Array(raw.subarray(y * (line + 1) + 1, (y + 1) * (line + 1)));
    for (let x = 0; x < line; x += 1) {
      const left = x < bytes ? 0 : now[x - bytes]!;
      const corner = x < bytes ? 0 : before[x - bytes]!;
      now[x] = now[x]! + predicted(filter, left, before[x]!, corner);
    }
    for (let x = 0; x < width; x += 1) colours[y * width + x] = (now[x * bytes]! << 16) | (now[x * bytes + 1]! << 8) | now[x * bytes + 2]!;
    before = now;
  }
  return { width, height, colours };
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0: return 0;
    case 1: return left;
    case 2: return above;
    case 3: return (left + above) >> 1;
    default: {
      const guess = left + above - corner;
      const [l, a, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
      return l <= a && l <= c ? left : a <= c ? above : corner;
    }
  }
}

type Count = [colour: number, times: number];
const SHIFTS = [16, 8, 0] as const;
const channel = (colour: number, shift: number): number => (colour >> shift) & 255;

/** For each colour its place in the palette. */
function palette(colours: Uint32Array, most: number): { list: number[]; places: Map<number, number> } {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  let boxes: Count[][] = [[...counts].sort((a, b) => a[0] - b[0])];
  while (boxes.length < most) {
    const widest = boxes.map((box) => {
      const spread = SHIFTS.map((shift) => {
        const values = box.map(([colour]) => channel(colour, shift));
        return values.reduce((most, value) => Math.max(most, value), 0) - values.reduce((least, value) => Math.min(least, value), 255);
      });
      const span = Math.max(...spread);
      const weight = box.reduce((sum, [, times]) => sum + times, 0);
      // What is seen more often is told apart more finely.
      return { shift: SHIFTS[spread.indexOf(span)]!, value: span * Math.sqrt(weight), box };
    });
    const { box, shift, value } = widest.reduce((best, one) => (one.value > best.value ? one : best));
    if (value === 0) break;
    const sorted = [...box].sort((a, b) => channel(a[0], shift) - channel(b[0], shift) || a[0] - b[0]);
    const middle = (channel(sorted[0]![0], shift) + channel(sorted.at(-1)![0], shift)) / 2;
    const at = Math.max(1, sorted.findIndex(([colour]) => channel(colour, shift) > middle));
    boxes = boxes.flatMap((one) => (one === box ? [sorted.slice(0, at), sorted.slice(at)] : [one]));
  }
  const places = new Map<number, number>();
  const list = boxes.map((box, place) => {
    for (const [colour] of box) places.set(colour, place);
    // The commonest: paper stays paper, and one colour never becomes another that is nowhere.
    return box.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  });
  return { list, places };
}

function encode({ width, height, colours }: Pixels, most: number): Buffer {
  const { list, places } = palette(colours, most);
  const raw = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) raw[y * (width + 1) + 1 + x] = places.get(colours[y * width + x]!)!;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const shades = Buffer.from(list.flatMap((colour) => SHIFTS.map((shift) => channel(colour, shift))));
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', shades), chunk('IDAT', deflateSync(raw, { level: 9, memLevel: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc(body), body.length + 4);
  return framed;
}

function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
