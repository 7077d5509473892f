// What a receptionist does, by keyboard, through the whole screen.
import { expect, isFixture, openDay, test, visits } from './desk';

test.describe('journeys', () => {
  test('books a known patient into the next opening with six keys beyond the name', async ({ page }) => {
    await openDay(page);
    await page.keyboard.press('n'); // 1
    await expect(page.getByRole('combobox', { name: 'Patient' })).toBeFocused();
    await page.keyboard.type(isFixture ? 'sharma' : 'a');
    await expect(page.getByRole('option').first()).toBeVisible();
    await page.keyboard.press('Enter'); // 2
    await expect(page.getByRole('combobox', { name: 'Type' })).toBeFocused();
    await page.keyboard.press('a'); // 3
    await page.keyboard.press('Enter'); // 4
    await expect(page.getByRole('heading', { name: 'Openings' })).toBeVisible();
    await expect(page.locator('[data-next="place"]')).toBeFocused();
    await page.keyboard.press('Enter'); // 5
    // At a real desk whoever comes first may have such a visit already.
    await expect(page.getByRole('button', { name: isFixture ? /^Book$/ : /^Book( anyway)?$/ })).toBeFocused();
    await page.keyboard.press('Enter'); // 6
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Booked');
    await expect(page.locator('[data-part="grid"] :focus, [data-part="grid"]:focus')).toHaveCount(1);
  });

  test('undo takes a step back and shows where', async ({ page }) => {
    await openDay(page);
    const scheduled = page.getByRole('main').getByRole('button', { name: /not confirmed/ }).first();
    await scheduled.click();
    await page.keyboard.press('c');
    await expect(page.getByRole('button', { name: /Confirmed/ })).toHaveAttribute('aria-current', 'step');
    await page.keyboard.press('Control+z');
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText(/Took back|taken back|Undid/i);
    await expect(page.getByRole('button', { name: /Confirmed/ })).not.toHaveAttribute('aria-current', 'step');
  });

  test('cancels with a reason by number', async ({ page }) => {
    await openDay(page);
    const before = await visits(page).count();
    await page.getByRole('main').getByRole('button', { name: /not confirmed/ }).first().click();
    await page.keyboard.press('x');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('1');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Cancelled');
    await expect(visits(page)).toHaveCount(before - 1);
  });

  test('moves a visit with the keyboard and puts it back with Esc', async ({ page }) => {
    await openDay(page);
    const card = page.getByRole('main').getByRole('button', { name: /not confirmed/ }).first();
    const name = await card.getAttribute('aria-label');
    await card.click();
    await page.keyboard.press('m');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('main').getByRole('button', { name: name ?? '', exact: true }).first()).toBeVisible();
  });

  test('writes a note that is kept when the field is left', async ({ page }) => {
    await openDay(page);
    await visits(page).nth(2).click();
    await page.keyboard.press('e');
    await expect(page.locator('#visit-note')).toBeFocused();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Asked about a sports guard');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByText('Note saved').first()).toBeVisible();
    await expect(page.getByRole('contentinfo', { name: 'Status line' })).toContainText(/saved \d\d:\d\d:\d\d/);
  });

  test('goes about: tomorrow, a date, today', async ({ page }) => {
    await openDay(page);
    const heading = page.getByRole('heading', { level: 1 });
    const today = await heading.textContent();
    await page.keyboard.press(']');
    await expect(heading).not.toHaveText(today ?? '');
    await page.keyboard.press('g');
    await page.keyboard.type('+6w');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('t');
    await expect(heading).toHaveText(today ?? '');
  });

  test('Tab goes sheet, details, rail, bar', async ({ page }) => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await openDay(page);
    await visits(page).nth(4).click();
    const seen: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      const part = await page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-part]')?.dataset['part'] ?? '');
      if (part && seen.at(-1) !== part) seen.push(part);
      await page.keyboard.press('Tab');
    }
    expect(seen.slice(0, 4)).toEqual(['grid', 'inspector', 'rail', 'bar']);
  });

  test('is whole at 200 % text, and on a very large screen', async ({ page }) => {
    await page.addInitScript(() => document.addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = '200%')));
    await openDay(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    expect(wide).toBe(true);
    await page.screenshot({ path: 'test-results/screens/text-200.png' });
    await page.setViewportSize({ width: 3840, height: 2160 });
    await page.screenshot({ path: 'test-results/screens/day-3840.png' });
  });

  test('what a screen reader is told of the window', async ({ page }) => {
    test.skip(!isFixture, 'the fixture’s day is the same every time');
    await page.setViewportSize({ width: 1920, height: 1080 });
    await openDay(page);
    await expect(page.getByRole('banner')).toMatchAriaSnapshot({ name: 'bar.aria.yml' });
    await expect(page.getByRole('navigation')).toMatchAriaSnapshot({ name: 'rail.aria.yml' });
    await page.getByRole('main').getByRole('button', { name: /Rivera, Ana/ }).click();
    await expect(page.getByRole('region', { name: 'History' })).toBeVisible();
    await expect(page.getByRole('complementary')).toMatchAriaSnapshot({ name: 'visit.aria.yml' });
  });
});
