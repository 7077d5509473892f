// The colours, measured: text is legible on every type's tint, and the twelve hues stay apart for colour-blind eyes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(process.cwd(), 'src/tokens.css'), 'utf8');
/** The whole text up to the dark theme is light; the first dark block is the dark theme. */
const darkAt = css.indexOf(":root[data-theme='dark'] {");
const themes = { light: css.slice(0, darkAt), dark: css.slice(darkAt, css.indexOf('@media (prefers-color-scheme: dark)')) };

type Rgb = [number, number, number];

/** Linear sRGB of `oklch(L C h)`, cut to what a screen can show. */
function linear(value: string): Rgb {
  const [, l, c, h] = /oklch\(([\d.]+) ([\d.]+) ([\d.]+)/.exec(value) ?? /oklch\((1) (0) (0)\)/.exec(value)!;
  const [light, chroma, angle] = [+l!, +c!, (+h! * Math.PI) / 180];
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const [x, y, z] = [
    (light + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (light - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (light - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ];
  const cut = (one: number): number => Math.min(1, Math.max(0, one));
  return [
    cut(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
    cut(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
    cut(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
  ];
}

function oklab([r, g, b]: Rgb): Rgb {
  const [l, m, s] = [
    Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
    Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
    Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b),
  ];
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a) + 0.05, luminance(b) + 0.05].sort((x, y) => y - x) as [number, number];
  return high / low;
}

/** Dichromatic sight after Machado, Oliveira and Fernandes (2009), severity 1. */
const SIGHTS: Record<string, Rgb[]> = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const seen = (colour: Rgb, sight: Rgb[]): Rgb =>
  sight.map((row) => Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]))) as Rgb;

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const token = (name: string): Rgb => {
    const found = new RegExp(`--${name}: (oklch\\([^)]*\\))`).exec(themes[theme]);
    if (!found) throw new Error(`no token ${name}`);
    return linear(found[1]!);
  };

  it.each(Array.from({ length: 12 }, (_, hue) => hue))('text on the tint of hue %i', (hue) => {
    expect(contrast(token(`hue-${hue}-ink`), token(`hue-${hue}-tint`))).toBeGreaterThan(7);
    expect(contrast(token('ink'), token(`hue-${hue}-tint`))).toBeGreaterThan(7);
    expect(contrast(token('ink-2'), token(`hue-${hue}-tint`))).toBeGreaterThan(4.5);
  });

  it.each([
    ['ink', 'paper', 12],
    ['ink-2', 'surface', 7],
    ['ink-3', 'surface', 4.5],
    ['ink-3', 'sunken', 4.5],
    ['on-accent', 'accent-strong', 4.5],
    ['on-accent', 'harm-strong', 4.5],
    ['accent-ink', 'accent-tint', 4.5],
    ['attention-ink', 'attention-tint', 4.5],
    ['harm-ink', 'harm-tint', 4.5],
    ['harm-ink', 'surface', 4.5],
    ['done-ink', 'surface', 4.5],
    ['field-edge', 'raised', 3],
    ['field-edge', 'surface', 3],
    ['accent', 'paper', 3],
    ['status-arrived', 'paper', 3],
    ['status-seated', 'paper', 3],
  ])('%s on %s', (ink, paper, least) => expect(contrast(token(ink), token(paper))).toBeGreaterThanOrEqual(least));

  it.each(Object.entries(SIGHTS))('the edges of the hues stay apart for %s sight', (_, sight) => {
    const edges = Array.from({ length: 12 }, (_, hue) => oklab(seen(token(`hue-${hue}-edge`), sight)));
    const distances = edges.flatMap((a, i) => edges.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])));
    // 0.02 is a just noticeable difference side by side.
    expect(Math.min(...distances)).toBeGreaterThan(0.055);
  });
});

it('has the same stronger tokens for whoever asks here and for whose computer asks', () => {
  const blockOf = (head: string): string[] => {
    const from = css.indexOf(head) + head.length;
    return css.slice(from, css.indexOf('}', from)).split(';').map((line) => line.trim()).filter(Boolean);
  };
  const asked = blockOf(":root[data-contrast='more'][data-contrast][data-contrast] {");
  expect(asked.length).toBeGreaterThan(15);
  expect(blockOf(":root:not([data-contrast='usual']):not([data-contrast='usual']):not([data-contrast='usual']) {")).toEqual(asked);
});

it('gives every hue a pattern of its own', () => {
  const patterns = Array.from({ length: 12 }, (_, hue) => {
    const found = new RegExp(`\\.hue-pattern-${hue} \\{([^}]*)\\}`).exec(css);
    return found?.[1]?.replaceAll(`hue-${hue}-`, 'hue-N-');
  });
  expect(patterns.every(Boolean)).toBe(true);
  expect(new Set(patterns).size).toBe(12);
  expect(css.replace(/\/\*[\s\S]*?\*\//g, '')).not.toContain('repeating-linear-gradient');
});
