// Days on which the clock is set: what comes twice is there twice, what does not come is not there, and nothing shifts.
import type { Locator, Page } from '@playwright/test';
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

test.skip(!isFixture, 'the night practice is the fixture’s own');

const sheet = (page: Page) => page.getByRole('group', { name: 'Day sheet' });
const visit = (page: Page, name: RegExp) => sheet(page).getByRole('button', { name });
const hours = (page: Page) => page.locator('.times .hour').allInnerTexts();

async function goTo(page: Page, typed: string, heading: string): Promise<void> {
  await page.keyboard.press('g');
  await expect(page.getByLabel('Date', { exact: true })).toBeFocused();
  await page.keyboard.type(typed);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: heading })).toBeAttached();
  await expect(sheet(page).locator('[data-card]').first()).toBeAttached();
}

const top = async (of: Locator): Promise<number> => (await of.boundingBox())!.y;

for (const theme of ['light', 'dark'] as Theme[]) {
  test.describe(theme, () => {
    test('a day of 25 hours is accessible and has its picture', async ({ page }) => {
      await page.setViewportSize({ width: 1280, height: 900 });
      await openDay(page, theme, 'night');
      await goTo(page, '1.11.2026', 'Day sheet, Sunday 1 November 2026, Lakeside');
      await sheet(page).evaluate((one) => one.scrollTo(0, 0));
      await expectAccessible(page);
      await picture(page, `autumn-${theme}`);
    });
  });
}

test('an hour that comes twice is there twice, with its zone', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await openDay(page, 'light', 'night');
  await goTo(page, '1.11.2026', 'Day sheet, Sunday 1 November 2026, Lakeside');
  expect((await hours(page)).slice(0, 5)).toEqual(['00:00', '01:00 EDT', '01:00 EST', '02:00', '03:00']);
  expect(await hours(page)).toHaveLength(25);

  // An hour apart, though the wall says the same.
  const first = visit(page, /01:30 EDT to 01:00 EST/);
  const second = visit(page, /01:30 EST to 02:00/);
  const third = visit(page, /02:00 to 03:00/);
  const morning = visit(page, /09:00 to 10:00/);
  const hour = (await third.boundingBox())!.height;
  expect(Math.abs((await top(second)) - (await top(first)) - hour)).toBeLessThan(4);
  expect(Math.abs((await top(third)) - (await top(second)) - hour / 2)).toBeLessThan(4);
  expect(Math.abs((await top(morning)) - (await top(third)) - 7 * hour)).toBeLessThan(8);

  // Carried into the second hour it is asked for the second hour; and it stays there.
  await first.click();
  await page.keyboard.press('m');
  await expect(sheet(page).getByRole('button', { name: /01:30 EDT, moving/ })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(sheet(page).getByRole('button', { name: /Op 2, 01:30 EST, moving/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(visit(page, /01:30 EST to 02:00.*Op 2/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(visit(page, /01:30 EDT to 01:00 EST/)).toBeVisible();

  // A booking in the second hour is one, too.
  await third.click();
  await page.keyboard.press('ArrowRight');
  await expect(sheet(page).getByRole('button', { name: /Op 2, 02:00, free/ })).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(sheet(page).getByRole('button', { name: /Op 2, 01:50 EST, free/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Patient' })).toBeFocused();
  await page.keyboard.type('Haddad');
  await expect(page.getByRole('option', { name: /Haddad, Omar/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Type' })).toBeFocused();
  await page.keyboard.type('O');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('checkbox', { name: /the later of the two/ })).toBeChecked();
});

test('an hour that does not come is not there, and the day after stands where it stood', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await openDay(page, 'light', 'night');
  await goTo(page, '14.3.2027', 'Day sheet, Sunday 14 March 2027, Lakeside');
  expect((await hours(page)).slice(0, 4)).toEqual(['00:00', '01:00', '03:00', '04:00']);
  expect(await hours(page)).toHaveLength(23);
  // An hour long, whatever the wall says.
  const over = visit(page, /01:30 to 03:30/);
  const next = visit(page, /03:30 to 04:00/);
  const { y, height } = (await over.boundingBox())!;
  expect(Math.abs(y + height - (await top(next)))).toBeLessThan(4);

  // In the week the other days have that hour; this one does not.
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('group', { name: 'Week' })).toBeVisible();
  await expect(page.locator('.missing')).toHaveCount(1);
  expect((await hours(page)).slice(0, 4)).toEqual(['00:00', '01:00', '02:00', '03:00']);
});
