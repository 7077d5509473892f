// Paints the same scenes with our calendar and with others, in Chromium and in WebKitGTK, and prints the medians as one line of JSON.
//
//   node tests/peers/paint.mjs [--rounds 5] [--only own] [--browser chromium,webkit]
//
// A browser that is not there is said under `missing`. WebKitGTK is its small browser over WebDriver, without the desktop shell
// around it, as the tests of the real window have it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ui = fileURLToPath(new URL('../../ui/', import.meta.url));
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const rounds = Number(option('rounds', '5'));
const who = option('only', 'own,fullcalendar,eventcalendar').split(',');
const wanted = option('browser', 'chromium,webkit').split(',');
const SCENES = ['day', 'week', 'month'];
const SIZE = { width: 1600, height: 900 };
/** A calendar that takes longer than this for one scene is not waited for a second time. */
const TOO_LONG_MS = 20_000;

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)).replace(/^(\.\.[/\\])+/, '');
    try {
      const body = readFileSync(join(folder, path));
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, address: `http://127.0.0.1:${server.address().port}/paint.html` })));
}

async function chromium(address) {
  const { chromium: browsers } = await import(pathToFileURL(createRequire(join(ui, 'package.json')).resolve('@playwright/test')).href.replace(/index\.js$/, 'index.mjs'));
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(path)) throw new Error(`there is no ${path}`);
  const browser = await browsers.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(address);
  await page.waitForFunction('window.paint !== undefined');
  return {
    paint: (one, scene) => page.evaluate(([a, b]) => window.paint(a, b), [one, scene]),
    close: () => browser.close(),
  };
}

async function webkit(address) {
  const mini = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'webkit2gtk-4.1/MiniBrowser')).find(existsSync);
  if (!mini) throw new Error('WebKitGTK’s MiniBrowser is not installed');
  const port = 20_000 + (process.pid % 20_000);
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore' });
  const failed = new Promise((_, reject) => driver.on('error', () => reject(new Error('WebKitWebDriver is not installed'))));
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const started = async () => {
    for (let each = 0; ; each += 1) {
      try {
        return await ask('GET', '/status');
      } catch (error) {
        if (each > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  try {
    await Promise.race([started(), failed]);
    const session = await ask('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: mini, args: ['--automation', `--geometry=${SIZE.width}x${SIZE.height}`] } } },
    });
    const at = `/session/${session.sessionId}`;
    await ask('POST', `${at}/timeouts`, { script: 300_000 });
    await ask('POST', `${at}/url`, { url: address });
    const run = (script, args) => ask('POST', `${at}/execute/async`, { script, args });
    await run('const done = arguments[0]; const look = () => (window.paint ? done(true) : setTimeout(look, 50)); look();', []);
    return {
      paint: async (one, scene) => {
        const answer = await run(
          'const [one, scene, done] = arguments; window.paint(one, scene).then((figures) => done({ figures }), (error) => done({ error: String(error) }));',
          [one, scene],
        );
        if (answer.error) throw new Error(answer.error);
        return answer.figures;
      },
      close: async () => {
        await ask('DELETE', at).catch(() => {});
        driver.kill();
      },
    };
  } catch (error) {
    driver.kill();
    throw error;
  }
}

const median = (values) => {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known.length === 0 ? null : Math.round(known[Math.floor(known.length / 2)] * 10) / 10;
};

async function measure(browser) {
  const figures = {};
  for (const one of who) {
    for (const scene of SCENES) {
      const seen = [];
      for (let round = 0; round < rounds; round += 1) {
        const figure = await browser.paint(one, scene);
        // The first is the browser's own warming up.
        if (round > 0 || rounds === 1) seen.push(figure);
        if (figure.paint > TOO_LONG_MS) {
          if (seen.length === 0) seen.push(figure);
          break;
        }
      }
      const of = (name) => median(seen.map((figure) => figure[name]));
      (figures[one] ??= {})[scene] = { paint: of('paint'), move: of('move'), drag: of('drag'), nodes: of('nodes') };
    }
  }
  return figures;
}

const site = mkdtempSync(join(tmpdir(), 'orca-paint-'));
try {
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--config', 'vite.paint.config.ts', '--outDir', site, '--logLevel', 'error'], { cwd: ui, stdio: ['ignore', 'inherit', 'inherit'] });
  const { server, address } = await serve(site);
  const result = { rounds, browsers: {}, missing: {} };
  for (const [name, start] of Object.entries({ chromium, webkit })) {
    if (!wanted.includes(name)) continue;
    let browser;
    try {
      browser = await start(address);
    } catch (error) {
      result.missing[name] = String(error.message ?? error);
      continue;
    }
    try {
      result.browsers[name] = await measure(browser);
    } finally {
      await browser.close();
    }
  }
  server.close();
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(site, { recursive: true, force: true });
}
