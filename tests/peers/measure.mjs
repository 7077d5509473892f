// Measures the peer of figure P5: one change in each of N documents from one client through
// automerge-repo's own sync server to another client. Prints one JSON object.
//
//   node measure.mjs [--documents 2000] [--rounds 3]
//
// Everything runs on loopback in temporary folders; the load is bounded by N and the rounds.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";
import { NodeFSStorageAdapter } from "@automerge/automerge-repo-storage-nodefs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const documents = option("documents", 2000);
const rounds = option("rounds", 3);
const deadlineMs = 300_000;

const here = path.dirname(fileURLToPath(import.meta.url));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "orca-peer-"));

const freePort = () =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const until = async (what, test, pauseMs = 50) => {
  const end = performance.now() + deadlineMs;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};

// Linux only: seconds of processor time and peak resident memory of a process.
const usage = (pid) => {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
      peakMiB: Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024,
    };
  } catch {
    return { cpuSeconds: null, peakMiB: null };
  }
};

const patient = (number) => ({
  family_name: `Family ${number}`,
  given_name: `Given ${number}`,
  birth_date: "2012-05-09",
  mobile_phone: "555-0100",
  email: `p${number}@example.com`,
  chart_number: String(number),
  appointments: Object.fromEntries(
    [0, 1, 2].map((visit) => [
      `${number}-${visit}`,
      {
        starts_at: "2026-11-23T09:00:00-05:00[America/New_York]",
        operatory: "op-1",
        provider: "chen",
        appointment_type: "ADJ",
        pattern: "XX////",
        status: "scheduled",
        note: "",
      },
    ]),
  ),
});

const port = await freePort();
const server = spawn(
  process.execPath,
  [path.join(here, "node_modules/@automerge/automerge-repo-sync-server/src/index.js")],
  { env: { ...process.env, PORT: String(port), DATA_DIR: path.join(scratch, "server") }, stdio: ["ignore", "pipe", "ignore"] },
);
await new Promise((resolve) => server.stdout.once("data", resolve));

try {
  const client = (name) =>
    new Repo({
      network: [new WebSocketClientAdapter(`ws://127.0.0.1:${port}`)],
      storage: new NodeFSStorageAdapter(path.join(scratch, name)),
      sharePolicy: async () => true,
    });
  const a = client("a");
  const b = client("b");
  await until("the server", () => a.peers.length > 0 && b.peers.length > 0);

  const fetched = async (url) => {
    let copy;
    await until("a download", async () => {
      try {
        copy = await b.find(url);
        return copy.isReady();
      } catch {
        return false;
      }
    });
    return copy;
  };

  let started = performance.now();
  const handles = [];
  for (let number = 0; number < documents; number++) handles.push(a.create(patient(number)));
  // Asking for a document before the server has it answers "unavailable", so wait until all lie in its folder.
  const stored = () =>
    fs
      .readdirSync(path.join(scratch, "server"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .reduce((sum, entry) => sum + fs.readdirSync(path.join(scratch, "server", entry.name)).length, 0);
  await until("the upload", () => stored() >= documents);
  console.error(`uploaded after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const found = [];
  for (let first = 0; first < handles.length; first += 50) {
    found.push(...(await Promise.all(handles.slice(first, first + 50).map((handle) => fetched(handle.url)))));
  }
  const seedSeconds = (performance.now() - started) / 1000;

  console.error(`downloaded after ${seedSeconds.toFixed(1)} s`);

  const walls = [];
  const cpus = [];
  for (let round = 1; round <= rounds; round++) {
    const wanted = `round ${round}`;
    // Counted as they come: polling 2,000 documents would slow the peer down.
    let missing = documents;
    const arrived = new Promise((resolve) => {
      found.forEach((copy, number) => {
        const seen = ({ doc }) => {
          if (doc.appointments[`${number}-0`].note !== wanted) return;
          copy.off("change", seen);
          missing -= 1;
          if (missing === 0) resolve();
        };
        copy.on("change", seen);
      });
    });
    const before = usage(server.pid).cpuSeconds;
    started = performance.now();
    for (const [number, handle] of handles.entries()) {
      handle.change((doc) => {
        doc.appointments[`${number}-0`].note = wanted;
      });
      // Its server hangs up on who does not answer a ping for five seconds: let the socket breathe.
      if (number % 20 === 19) await new Promise(setImmediate);
    }
    await Promise.race([
      arrived,
      new Promise((_, reject) =>
        setTimeout(() => reject(new Error(`gave up: ${missing} of ${documents} changes did not arrive`)), deadlineMs),
      ),
    ]);
    walls.push((performance.now() - started) / 1000);
    const after = usage(server.pid).cpuSeconds;
    cpus.push(before === null ? null : after - before);
  }
  const median = (list) => [...list].sort((x, y) => x - y)[Math.floor(list.length / 2)];
  console.log(
    JSON.stringify({
      peer: "automerge-repo-sync-server 0.2.8",
      documents,
      rounds,
      seedSeconds,
      wallSeconds: median(walls),
      allWallSeconds: walls,
      serverCpuSeconds: cpus.includes(null) ? null : median(cpus),
      serverPeakMiB: usage(server.pid).peakMiB,
    }),
  );
} finally {
  server.kill("SIGKILL");
  fs.rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);
