// Measures the peer of figure P9: patients found while typing by MiniSearch, an index in memory with prefixes and slips.
// Prints one JSON object.
//
//   node search.mjs FILE     FILE: {"patients": [{"id", "name", "numbers", "birth", "chart"}], "queries": [{"text", "wanted"}]}
//
// `wanted` is the patient who should be among the first twelve, or null while the text is not whole yet.

import fs from "node:fs";
import MiniSearch from "minisearch";

const { patients, queries } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const version = JSON.parse(fs.readFileSync(new URL("node_modules/minisearch/package.json", import.meta.url), "utf8")).version;
const SHOWN = 12;

const started = performance.now();
const index = new MiniSearch({
  fields: ["name", "numbers", "birth", "chart"],
  searchOptions: { prefix: true, fuzzy: (term) => (term.length > 3 && !/\d/.test(term) ? 0.25 : false), combineWith: "AND" },
});
index.addAll(patients);
const buildMs = performance.now() - started;

for (const { text } of queries.slice(0, 50)) index.search(text);
const times = [];
let found = 0;
let asked = 0;
for (const { text, wanted } of queries) {
  const from = performance.now();
  const hits = index.search(text).slice(0, SHOWN);
  times.push(performance.now() - from);
  if (wanted !== null) {
    asked += 1;
    if (hits.some((hit) => hit.id === wanted)) found += 1;
  }
}
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)];
console.log(JSON.stringify({ peer: `MiniSearch ${version}`, buildMs, p50Ms: at(0.5), p99Ms: at(0.99), found, asked }));
