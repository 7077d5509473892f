// Dialogs that no other test has a picture of, in both themes; and what a screen reader is told of each view.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, isFixture, openDay, picture, test, visits, type Theme } from './desk';

test.skip(!isFixture, 'what stands in the way is known of the fixture');

const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name });
const sheet = (page: Page) => page.getByRole('group', { name: 'Day sheet' });

async function fromPalette(page: Page, typed: string, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(typed);
  await expect(page.getByRole('option', { name, exact: true })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: /Search patients/ })).toHaveCount(0);
}

/** A planned visit that another one follows in its chair. */
async function followed(page: Page) {
  const names = await visits(page).evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-label') ?? ''));
  const placed = names.map((name) => ({ name, times: /(\d\d:\d\d) to (\d\d:\d\d)/.exec(name), chair: /, (Op \d+|Records),/.exec(name)?.[1] }));
  const found = placed.find((one) => / confirmed/.test(one.name) && placed.some((next) => next.chair === one.chair && next.times?.[1] === one.times?.[2]));
  return visits(page).and(page.locator(`[aria-label="${found?.name}"]`));
}

async function shown(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await picture(page, name);
}

for (const theme of ['light', 'dark'] as Theme[]) {
  test.describe(theme, () => {
    test.beforeEach(async ({ page }) => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await openDay(page, theme);
    });

    test('rules in the way: a reason is asked for', async ({ page }) => {
      await (await followed(page)).click();
      await page.keyboard.press('m');
      await expect(sheet(page).getByRole('button', { name: /, moving / })).toBeFocused();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(dialog(page, 'This does not fit')).toBeVisible();
      await shown(page, `leave-${theme}`);
      await page.keyboard.type('Both mothers agreed');
      await shown(page, `override-${theme}`);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    });

    test('a holiday', async ({ page }) => {
      await fromPalette(page, 'away or', 'Somebody is away or a place is closed');
      const holiday = dialog(page, 'Somebody is away or a place is closed');
      await holiday.getByLabel('Who or what').selectOption({ label: 'The whole practice, all locations' });
      await holiday.getByLabel('Why').selectOption({ label: 'Holiday' });
      await holiday.getByLabel('In words').fill('Founders’ day');
      await expect(holiday.getByText(/visits need a new time/)).toBeVisible();
      await shown(page, `holiday-${theme}`);
    });

    test('a new patient', async ({ page }) => {
      await fromPalette(page, 'new patient', 'New patient');
      await expect(dialog(page, 'New patient')).toBeVisible();
      await shown(page, `new-patient-${theme}`);
    });

    test('visits of a series, changed', async ({ page }) => {
      await page.keyboard.press('n');
      const panel = page.getByRole('region', { name: 'New booking' });
      await panel.getByRole('combobox', { name: 'Patient' }).fill('riv');
      await panel.getByRole('option').first().click();
      await panel.getByRole('combobox', { name: 'Type' }).fill('adj');
      await panel.getByRole('option').first().click();
      await panel.locator('[data-next="place"]').first().click();
      await panel.getByRole('button', { name: 'Repeat…' }).click();
      const booking = dialog(page, 'Repeat this visit');
      await booking.getByLabel('Times').fill('3');
      await expect(booking.getByRole('list', { name: 'Dates' }).getByRole('listitem')).toHaveCount(3);
      await booking.getByLabel('Times').press('Enter');
      await expect(booking).toHaveCount(0);
      await visits(page).and(page.locator('[data-card^="booked-"]')).first().click();
      await page.getByRole('region', { name: 'Series' }).getByRole('button', { name: 'Change several…' }).click();
      const change = dialog(page, 'Change visits of a series');
      await change.getByLabel('Which visits').selectOption({ label: 'all of them' });
      await change.getByLabel('What to do').selectOption({ label: 'Cancel' });
      await change.getByLabel('Reason').fill('Moved away');
      await shown(page, `series-change-${theme}`);
    });

    test('drawing templates', async ({ page }) => {
      await page.keyboard.press('Control+Shift+t');
      await expect(page.getByRole('heading', { name: 'Templates', level: 1 })).toBeVisible();
      await page.keyboard.press('n');
      await expect(dialog(page, 'New template')).toBeVisible();
      await shown(page, `template-new-${theme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Bonding week', exact: true }).click();
      const board = page.getByRole('group', { name: 'Template Bonding week' });
      await board.locator('[data-card]').first().click();
      for (const [key, name] of [['f', 'fill'], ['k', 'copy'], ['Control+s', 'version']] as const) {
        await page.keyboard.press(key);
        await expect(page.getByRole('dialog')).toBeVisible();
        await shown(page, `template-${name}-${theme}`);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await board.locator('[data-card]').first().focus();
      }
    });
  });
}

test('each view is read as it should be', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await openDay(page);
  await expect(sheet(page).getByRole('region', { name: /^Op 2/ })).toMatchAriaSnapshot({ name: 'day-column.aria.yml' });
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('group', { name: 'Week' }).getByRole('region', { name: /Mon.*Op 2/ })).toMatchAriaSnapshot({ name: 'week-column.aria.yml' });
  await page.keyboard.press('Control+3');
  await expect(page.getByRole('complementary', { name: 'The day in figures' }).getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByRole('main')).toMatchAriaSnapshot({ name: 'month.aria.yml' });
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('table').first().getByRole('row').nth(1)).toMatchAriaSnapshot({ name: 'list-row.aria.yml' });
  await page.keyboard.press('Control+1');
  await page.keyboard.press('h');
  await expect(page.getByRole('heading', { name: 'Patient flow' })).toBeAttached();
  await expect(page.getByRole('region', { name: /^Arriving/ })).toMatchAriaSnapshot({ name: 'flow-stage.aria.yml' });
});
