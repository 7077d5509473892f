// A series of visits: planned date by date, booked, changed from one on and called off, by keys.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, isFixture, openDay, picture, test, visits, type Theme } from './desk';

test.skip(!isFixture, 'the numbers are the fixture’s own');

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' });

/** A booking at the first opening that is offered. */
async function fillIn(page: Page): Promise<void> {
  await page.keyboard.press('n');
  const panel = page.getByRole('region', { name: 'New booking' });
  await panel.getByRole('combobox', { name: 'Patient' }).fill('riv');
  await panel.getByRole('option').first().click();
  await panel.getByRole('combobox', { name: 'Type' }).fill('adj');
  await panel.getByRole('option').first().click();
  await panel.locator('[data-next="place"]').first().click();
  await expect(panel.getByRole('button', { name: 'Repeat…' })).toBeEnabled();
}

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`books a series, and each date that does not fit is decided (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1600, height: 900 });
    await openDay(page, theme);
    await fillIn(page);
    await page.getByRole('button', { name: 'Repeat…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Repeat this visit' });
    await dialog.getByLabel('Again').selectOption({ label: 'By days' });
    await dialog.getByLabel('Every … days').fill('1');
    await dialog.getByLabel('Times').fill('8');
    const dates = dialog.getByRole('list', { name: 'Dates' }).getByRole('listitem');
    await expect(dates).toHaveCount(8);
    // The weekend is passed over.
    await expect(dialog.getByText(/days are passed over/)).toBeVisible();
    await dialog.getByLabel('Pass over days').uncheck();
    await expect(dates.filter({ hasText: 'Closed' })).toHaveCount(2);
    await expectAccessible(page);
    await picture(page, `series-plan-${theme}`);
    const closed = dates.filter({ hasText: 'Closed' });
    await closed.first().getByRole('combobox').selectOption({ index: 1 });
    await expect(closed).toHaveCount(1);
    await closed.first().getByRole('combobox').selectOption({ label: 'Leave out' });
    await expect(closed).toHaveCount(0);
    await expect(dates.filter({ hasText: 'Leave out' })).not.toHaveCount(0);
  });
}

test('a rule that makes no sense is refused in words', async ({ page }) => {
  await openDay(page);
  await fillIn(page);
  await page.getByRole('button', { name: 'Repeat…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Repeat this visit' });
  await dialog.getByLabel('Times').fill('0');
  await expect(dialog.getByRole('alert')).toHaveText('It is there at least once.');
  await dialog.getByLabel('Times').fill('4000');
  await expect(dialog.getByRole('alert')).toHaveText(/200 times at the most/);
  await expect(dialog.getByRole('button', { name: /Book/ })).toBeDisabled();
});

test('a series is booked, moved from one visit on, called off and taken back', async ({ page }) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  await openDay(page);
  await fillIn(page);
  await page.getByRole('button', { name: 'Repeat…' }).click();
  const booking = page.getByRole('dialog', { name: 'Repeat this visit' });
  await booking.getByLabel('Times').fill('3');
  await expect(booking.getByRole('list', { name: 'Dates' }).getByRole('listitem')).toHaveCount(3);
  await booking.getByLabel('Times').press('Enter');
  await expect(messages(page)).toContainText('Booked 3 visits for Rivera');
  await expect(booking).toHaveCount(0);

  await visits(page).and(page.locator('[data-card^="booked-"]')).first().click();
  const part = page.getByRole('region', { name: 'Series' });
  await expect(part).toContainText('of 3');
  await part.getByRole('button', { name: 'Change several…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change visits of a series' });
  await dialog.getByLabel('Which visits').selectOption({ label: 'all of them' });
  await dialog.getByLabel('What to do').selectOption({ label: 'Cancel' });
  await expectAccessible(page);
  const cancel = dialog.getByRole('button', { name: 'Cancel', exact: true });
  await expect(cancel).toBeDisabled();
  await dialog.getByLabel('Reason').fill('Moved away');
  await cancel.click();
  await expect(messages(page)).toContainText('Cancelled 3 visits of Rivera');
  await page.keyboard.press('Control+z');
  await expect(messages(page)).toContainText(/Took back/);
});
