// What an administrator looks after: the audit, backups, going on from one. And the privacy screen over a restart.
import { readFileSync } from 'node:fs';
import { PASSPHRASE } from '../src/desk/fixture/staff';
import { expect, expectAccessible, isFixture, open, openDay, picture, test, visits, type Theme } from './desk';
import type { Page } from '@playwright/test';

test.skip(!isFixture, 'this audit and these backups are the fixture’s own');

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' });

async function settings(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name }).click();
}

const entries = (page: Page) => page.getByRole('listbox', { name: 'Entries' });

test('the audit is searched, and only the rows in sight are drawn', async ({ page }) => {
  await openDay(page);
  await settings(page, 'Audit');
  await expect(entries(page).getByRole('option').first()).toContainText('Took emergency access');
  await expect(page.getByRole('tabpanel').getByText('The newest 100 entries')).toBeVisible();
  expect(await entries(page).getByRole('option').count()).toBeLessThan(45);

  // To the end, page by page.
  const list = entries(page);
  await expect(async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(list.getByRole('option').last()).toContainText('The audit begins', { timeout: 500 });
  }).toPass();
  expect(await list.getByRole('option').count()).toBeLessThan(45);

  await page.getByRole('combobox', { name: 'Who' }).selectOption('Amara Bello');
  await page.getByRole('combobox', { name: 'What' }).selectOption('changes');
  await page.getByLabel('From').fill('23 nov');
  await page.getByLabel('Until').fill('23 nov');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Until')).toHaveValue('23 Nov 2026');
  for (const row of await list.getByRole('option').all()) await expect(row).toContainText(/Mon 23 Nov.*Amara Bello/);
  await page.getByLabel('From').fill('30 feb');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tabpanel').getByText('This date cannot be read.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page.getByRole('tabpanel').getByText('The newest 100 entries')).toBeVisible();

  await page.getByRole('combobox', { name: 'Patient' }).fill('an');
  const hit = page.getByRole('option').filter({ hasText: /,/ }).first();
  await hit.click();
  await expect(page.getByRole('button', { name: /search all patients again/ })).toBeVisible();
  await page.getByRole('combobox', { name: 'Workstation' }).selectOption('Front desk 2');
  await expect(page.getByRole('tabpanel').getByText('Of another workstation its changes are known here')).toBeVisible();
});

test('an entry says what was before and after, by keyboard only', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('audit');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'What' }).selectOption('update_patient');
  await expect(entries(page).getByRole('option').first()).toContainText('Edited');
  await entries(page).focus();
  await page.keyboard.press('ArrowDown');
  const details = page.getByRole('region', { name: /^Entry \d+/ });
  await expect(details).toContainText('mobile phone');
  await expect(details.getByRole('deletion').first()).toHaveText('+1 555 0110');
  await expect(details.getByRole('insertion').first()).toHaveText('+1 555 0199');
  const before = await details.getAttribute('aria-label');
  await page.keyboard.press('End');
  await expect(details).not.toHaveAttribute('aria-label', before!);
  const active = await entries(page).getAttribute('aria-activedescendant');
  await expect(page.locator(`[id="${active}"]`)).toBeInViewport();
  await expectAccessible(page);
  // The privacy screen covers names here, too.
  await page.keyboard.press('Control+Shift+h');
  await expect(details).toContainText('The privacy screen covers what was changed.');
  await expect(entries(page).getByRole('option').first()).toContainText('Edited a patient');
});

test('the audit is checked, with a line from another workstation', async ({ page }) => {
  await openDay(page);
  await settings(page, 'Audit');
  await page.getByRole('button', { name: 'Check…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Is the audit whole?' });
  await expect(dialog).toContainText('everything is as it should be');
  await expect(dialog).toContainText('Front desk 2');
  await expectAccessible(page);
  await picture(page, 'audit-check');
  await page.keyboard.type('377:nonsense');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('is not an anchor');
  await dialog.getByRole('textbox').fill(`377:${'a0'.repeat(32)}`);
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('Something in the audit is wrong.');
  await expect(dialog).toContainText('Keep a copy of the program’s data folder');
  await expectAccessible(page);
  await picture(page, 'audit-broken');
});

test('the audit is saved as a table and as JSON', async ({ page }) => {
  await openDay(page);
  await settings(page, 'Audit');
  for (const [item, ending] of [
    ['Table (CSV)', 'csv'],
    ['JSON', 'json'],
  ] as const) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a file' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`audit-2026-11-24.${ending}`);
    expect(readFileSync(await file.path(), 'utf8')).toContain('Nobody with a role is in the house');
    await expect(messages(page)).toContainText(`Saved audit-2026-11-24.${ending}`);
    await messages(page).getByRole('button', { name: 'Close' }).first().click();
  }
});

test('who saw a patient’s data is told from the patient', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await openDay(page);
  // A patient who is in the audit.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('rivera');
  await expect(page.getByRole('option', { name: /Rivera/ }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Who saw this' }).click();
  const dialog = page.getByRole('dialog', { name: /^Who saw the data of / });
  await expect(dialog.getByRole('row').nth(3)).toContainText(/looked at|patient|visit/);
  await expectAccessible(page);
  await picture(page, 'who-saw');
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Table (CSV)' }).click();
  expect((await download).suggestedFilename()).toBe('who-saw-2026-11-24.csv');
});

test('who is no administrator hears why', async ({ page }) => {
  await openDay(page, 'light', 'read-only');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('rivera');
  await expect(page.getByRole('option', { name: /Rivera/ }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Who saw this' }).click();
  await expect(messages(page)).toContainText('Only an administrator of the practice can do this.');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('backups are set up, made, checked, and stopped', async ({ page }) => {
  await openDay(page);
  await settings(page, 'Backups');
  await expect(page.getByText('No backup has been made here yet.')).toBeVisible();
  await page.getByLabel('Folder').fill('backups');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tabpanel').getByText('does not say where the folder is')).toBeVisible();
  await page.getByLabel('Folder').fill('/mnt/backup/orca');
  await page.getByRole('combobox', { name: 'Every' }).selectOption('8 hours');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The folder has no backups yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Back up now' }).click();
  await expect(page.getByText('The last backup was made just now and is sound.')).toBeVisible();
  await page.getByRole('button', { name: /^Check the backup of Tue 24 Nov/ }).click();
  await expect(page.getByRole('tabpanel').getByText('Sound: 9,800 records')).toBeVisible();
  await page.getByRole('button', { name: 'Turn the schedule off' }).click();
  await expect(page.getByRole('button', { name: 'Back up now' })).toHaveCount(0);
});

test('without a passphrase one is chosen with the settings', async ({ page }) => {
  await openDay(page, 'light', 'no-keychain-passphrase');
  await settings(page, 'Backups');
  await expect(page.getByText('only this computer’s keychain opens the practice')).toBeVisible();
  await page.getByLabel('Folder').fill('/mnt/backup/orca');
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await page.getByLabel('Passphrase of the practice').fill('three calm words');
  await page.getByLabel('Once more').fill('three calm words');
  await expectAccessible(page);
  await picture(page, 'backup-passphrase');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Passphrase of the practice')).toHaveCount(0);
});

test('a backup that failed by itself is told, with a sign as long as it lasts', async ({ page }) => {
  await openDay(page, 'light', 'backup-fails');
  await expect(messages(page)).toContainText('The last backup failed.');
  await expect(messages(page)).toContainText('/mnt/backup/orca cannot be used');
  await page.getByRole('button', { name: 'Backup The last backup failed.' }).click();
  await expect(page.getByRole('dialog', { name: 'The last backup failed.' })).toContainText('The last good one was made 2 hours ago.');
  await expectAccessible(page);
  await picture(page, 'backup-failed');
  await page.keyboard.press('Escape');
  await messages(page).getByRole('button', { name: 'Backups' }).click();
  await expect(page.getByRole('heading', { name: 'When and where' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'backup-failed-page');
  await page.getByRole('button', { name: 'Back up now' }).click();
  await expect(page.getByText('The last backup was made just now and is sound.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Backup The last backup failed.' })).toHaveCount(0);
});

test('a practice goes on from a backup, by keyboard only', async ({ page }) => {
  await open(page, 'fresh');
  await expect(page.getByRole('button', { name: /Start a practice/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /Restore from a backup/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Folder')).toBeFocused();
  await page.keyboard.type('/mnt/away');
  await page.keyboard.press('Enter');
  await expect(page.getByText('/mnt/away cannot be used')).toBeVisible();
  await page.getByLabel('Folder').fill('/mnt/empty');
  await page.keyboard.press('Enter');
  await expect(page.getByText('There is no backup in this folder.')).toBeVisible();
  await page.getByLabel('Folder').fill('/mnt/backup/orca');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio').first()).toBeChecked();
  await expect(page.getByRole('radio').nth(3)).toBeDisabled();
  await expect(page.getByLabel('Passphrase')).toBeFocused();
  await page.keyboard.type('not this one');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The passphrase is not right.')).toBeVisible();
  await page.getByRole('radio').nth(1).check();
  await page.getByLabel('Passphrase').fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(visits(page).first()).toBeVisible();
});

test('a workstation that was removed says so and shows nothing', async ({ page }) => {
  await open(page, 'removed');
  await expect(page.getByRole('listbox', { name: 'Who is there?' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'This workstation was removed from the practice.' })).toBeVisible();
  await expect(page.locator('[data-card]')).toHaveCount(0);
  await expectAccessible(page);
  await picture(page, 'removed');
});

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`looks: ${theme}`, async ({ page }) => {
    await openDay(page, theme, 'backups');
    await settings(page, 'Backups');
    await expect(page.getByRole('listitem').filter({ hasText: 'cannot be read' })).toBeVisible();
    await expectAccessible(page);
    await picture(page, `backups-${theme}`);
    await page.getByRole('button', { name: /^Check the backup of/ }).first().click();
    await page.getByRole('heading', { name: 'Backups in the folder' }).scrollIntoViewIfNeeded();
    await expectAccessible(page);
    await picture(page, `backups-list-${theme}`);
    await page.getByRole('tab', { name: 'Audit' }).click();
    await entries(page).focus();
    for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('region', { name: /^Entry \d+/ })).toBeVisible();
    await expectAccessible(page);
    await picture(page, `audit-1280-${theme}`);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.getByRole('combobox', { name: 'What' }).selectOption('move_appointment');
    await entries(page).focus();
    await expect(page.getByRole('region', { name: /^Entry \d+/ })).toBeVisible();
    await expectAccessible(page);
    await picture(page, `audit-1920-${theme}`);
    await page.setViewportSize({ width: 960, height: 600 });
    await expectAccessible(page);
    await picture(page, `audit-960-${theme}`);
    await page.setViewportSize({ width: 1280, height: 720 });
    await open(page, 'fresh', theme);
    await page.getByRole('button', { name: /Restore from a backup/ }).click();
    await page.getByLabel('Folder').fill('/mnt/backup/orca');
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Passphrase')).toBeFocused();
    await expectAccessible(page);
    await picture(page, `restore-${theme}`);
  });
}
