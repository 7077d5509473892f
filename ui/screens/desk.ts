// Opens the screen over the fixture desk, or over the real desk behind its bridge (BRIDGE_URL: the address that `orca-bridge` prints).
import { test as base, expect, type Page } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { smallPng } from './small-png';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const bridge = process.env['BRIDGE_URL'] ?? '';
export const isFixture = bridge === '';

/** The page's address: a scene of the fixture, or the bridge. */
export function address(scene = ''): string {
  if (isFixture) return `/?fixture=${scene}`;
  const url = new URL(bridge);
  const token = url.searchParams.get('token') ?? '';
  return `${url.origin}/?bridge=${encodeURIComponent(url.origin)}&token=${encodeURIComponent(token)}`;
}

export type Theme = 'light' | 'dark';

export const test = base.extend<{ noErrors: void }>({
  // Nothing may go wrong unseen: an error in the console fails the test.
  noErrors: [
    async ({ page }, use) => {
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') wrong.push(message.text());
      });
      await use();
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});
export { expect };

export async function open(page: Page, scene = '', theme: Theme = 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.goto(address(scene));
  await page.evaluate(() => document.fonts.ready);
}

/** Opens the day and waits for its first visit. */
export async function openDay(page: Page, theme: Theme = 'light', scene = ''): Promise<void> {
  await open(page, scene, theme);
  await expect(visits(page).first()).toBeVisible();
}

export const visits = (page: Page) => page.getByRole('main').locator('[data-card]');

/** No violations of WCAG 2.2 AA as far as axe can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run: (root: unknown, options: unknown) => Promise<{ violations: unknown[] }> } }).axe;
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return (violations as { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[]).map(
      ({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 3).map((node) => `  ${node.html.slice(0, 160)}\n  ${node.failureSummary}`).join('\n')}`,
    );
  });
  expect(found.join('\n')).toBe('');
}

/** Pictures of the guide, each light and dark. They are made anew with `GUIDE_PICTURES=1 npx playwright test`. */
const IN_GUIDE = [
  'absence', 'absence-change', 'assistants-open', 'audit-1280', 'autumn', 'backups', 'block-out-time', 'block-recurs', 'block-types', 'block-visits', 'booking-openings', 'booking-patient', 'cancel',
  'columns', 'conflicts', 'contrast', 'day-1280', 'downtime', 'equipment-open', 'equipment-type', 'go-to-a-date', 'help', 'holiday', 'import-patients', 'invite', 'list', 'month',
  'name-view', 'new-patient', 'offline', 'override', 'palette', 'past', 'paste', 'pinboard', 'print', 'procedures', 'reschedule', 'restore', 'rota',
  'second-booking', 'second-pattern', 'series-change', 'series-plan', 'settings-openings', 'settings-type', 'settings-types', 'swap', 'template-copy', 'template-fill', 'template-new', 'template-version',
  'type-change', 'week', 'week-providers',
];

/** A picture for looking at, and for the guide. */
export const picture = async (page: Page, name: string): Promise<void> => {
  const png = await page.screenshot({ path: `test-results/${isFixture ? 'screens' : 'desk'}/${name}.png` });
  const isOfGuide = IN_GUIDE.includes(name.replace(/-(light|dark)$/, '')) && /-(light|dark)$/.test(name);
  if (process.env['GUIDE_PICTURES'] && isFixture && isOfGuide) writeFileSync(new URL(`../../docs/guide/pictures/${name}.png`, import.meta.url), smallPng(png));
};
