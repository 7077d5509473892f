// Screens in Chromium, against the fixture desk or, with BRIDGE_URL, the real desk behind its bridge.
import { defineConfig } from '@playwright/test';

const port = Number(process.env['UI_PORT'] ?? 5183);

export default defineConfig({
  testDir: './screens',
  outputDir: process.env['BRIDGE_URL'] ? './test-results/run-desk' : './test-results/run',
  snapshotPathTemplate: '{testDir}/{testFileName}-snapshots/{arg}{ext}',
  // Two busy cores may take their time; a hang is still a failure.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1280, height: 720 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // A real desk's bridge serves the built screen itself.
  webServer: process.env['BRIDGE_URL'] ? undefined : {
    // The built screen, as it ships, with the fixture desk besides.
    command: `npx vite build --mode screens --outDir test-results/site --logLevel warn && npx vite preview --outDir test-results/site --port ${port} --strictPort`,
    timeout: 240_000,
    url: `http://127.0.0.1:${port}`,
    reuseExistingServer: !process.env['CI'],
  },
});
