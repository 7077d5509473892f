// Builds the page of the painting figures, with the calendars it measures beside ours from tests/peers.
import { fileURLToPath } from 'node:url';
import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const peers = fileURLToPath(new URL('../tests/peers/node_modules/', import.meta.url));

export default defineConfig({
  plugins: [svelte({ preprocess: vitePreprocess() })],
  clearScreen: false,
  base: './',
  build: { emptyOutDir: true, target: ['es2022', 'safari16.4', 'chrome110'], rolldownOptions: { input: 'paint.html' } },
  resolve: {
    alias: [
      { find: /^peer:fullcalendar(.*)$/, replacement: `${peers}fullcalendar$1` },
      // Built for browsers, with its own Svelte: what a page without Svelte would load.
      { find: /^peer:event-calendar\/(.*)$/, replacement: `${peers}@event-calendar/core/dist/$1` },
      { find: /^peer:event-calendar$/, replacement: `${peers}@event-calendar/core/dist/index.js` },
    ],
  },
});
