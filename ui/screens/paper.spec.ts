// Printing from the day, and the downtime pack in the settings.
import { readFileSync } from 'node:fs';
import { expect, expectAccessible, isFixture, openDay, picture, test } from './desk';
import type { Page } from '@playwright/test';

test.skip(!isFixture, 'these sheets and packs are the fixture’s own');

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' });

async function backups(page: Page): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'Backups' }).click();
}

for (const theme of ['light', 'dark'] as const) {
  test(`a day is printed by keyboard (${theme})`, async ({ page }) => {
    await openDay(page, theme);
    await page.keyboard.press('Control+p');
    const dialog = page.getByRole('dialog', { name: 'Print' });
    await expect(dialog.getByLabel('What')).toBeFocused();
    await expect(dialog.getByLabel('Date')).toHaveValue('24 Nov 2026');
    await expectAccessible(page);
    await picture(page, `print-${theme}`);
    await dialog.getByLabel('Date').fill('30 feb');
    await expect(dialog.getByRole('button', { name: 'Save and open' })).toBeDisabled();
    await dialog.getByLabel('Date').fill('25 nov');
    const download = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    const file = await download;
    expect(file.suggestedFilename()).toBe('day-sheet-2026-11-25.pdf');
    expect(readFileSync(await file.path(), 'latin1').slice(0, 5)).toBe('%PDF-');
    await expect(dialog).toHaveCount(0);
    await expect(messages(page)).toContainText('Saved day-sheet-2026-11-25.pdf: 3 pages');
    await expect(messages(page)).toContainText('is not encrypted');
  });
}

test('slips of one operatory, on the paper that was used before, with initials', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+Shift+h');
  await page.keyboard.press('Control+p');
  const dialog = page.getByRole('dialog', { name: 'Print' });
  await expect(dialog.getByLabel('Initials instead of names')).toBeChecked();
  await dialog.getByLabel('What').selectOption('Route slips');
  await expect(dialog.getByLabel('Columns')).toHaveCount(0);
  await dialog.getByLabel('Only').selectOption('Op 2');
  await dialog.getByLabel('Paper').selectOption('A4');
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save and open' }).click();
  expect((await download).suggestedFilename()).toBe('route-slips-2026-11-24.pdf');
  await expect(messages(page)).not.toContainText('is not encrypted');
  await page.keyboard.press('Control+p');
  await expect(dialog.getByLabel('Paper')).toHaveValue('a4');
});

test('a downtime pack is switched on, written, sealed, and switched off', async ({ page }) => {
  await openDay(page);
  await backups(page);
  const form = page.getByRole('form', { name: 'Downtime pack' });
  await expect(form.getByText('These files are not encrypted')).toBeVisible();
  await expect(form.getByText('No downtime pack has been written here.')).toBeVisible();
  await expect(form.getByRole('button', { name: 'Write now' })).toHaveCount(0);
  await form.getByLabel('Where to write it').fill('stick');
  await form.getByRole('button', { name: 'Keep this' }).click();
  await expect(form.getByText('does not say where the folder is')).toBeVisible();
  await form.getByLabel('Where to write it').fill('/media/stick');
  await form.getByLabel('Days').fill('20');
  await form.getByRole('button', { name: 'Keep this' }).click();
  await expect(form.getByText('20 is not between 1 and 14 days.')).toBeVisible();
  await form.getByLabel('Days').fill('2');
  await form.getByLabel('Password for the PDF').fill('the power is out');
  await form.getByRole('button', { name: 'Keep this' }).click();
  await expect(form.getByText('A password is set')).toBeVisible();
  await form.getByRole('button', { name: 'Write now' }).click();
  await expect(form.getByText('The last pack was written just now.')).toBeVisible();
  await expect(form.getByText('143 visits · 18 pages')).toBeVisible();
  await form.getByRole('button', { name: 'Open it without a password again' }).click();
  await expect(form.getByText('A password is set')).toHaveCount(0);
  await form.getByRole('button', { name: 'Stop writing it' }).click();
  await expect(form.getByRole('button', { name: 'Write now' })).toHaveCount(0);
});

for (const theme of ['light', 'dark'] as const) {
  test(`a pack that could not be written is told, with the last whole one (${theme})`, async ({ page }) => {
    await openDay(page, theme, 'downtime-fails');
    await expect(messages(page)).toContainText('The last downtime pack could not be written.');
    await messages(page).getByRole('button', { name: 'Backups' }).click();
    const form = page.getByRole('form', { name: 'Downtime pack' });
    await expect(form.getByText('The last whole one was written just now and is still there.')).toBeVisible();
    await form.scrollIntoViewIfNeeded();
    await expectAccessible(page);
    await picture(page, `downtime-${theme}`);
  });
}
