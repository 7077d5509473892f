// Types of visits: a pattern painted with the mouse and by keys, booked visits that follow or stay, and what comes next.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

test.skip(!isFixture, 'the types are the fixture’s own');

async function openType(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'Types of visit', exact: true }).click();
  await page.getByRole('tabpanel').getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { name, level: 2 })).toBeVisible();
}

const cells = (page: Page) => page.getByRole('toolbar', { name: 'Time pattern' }).getByRole('button');

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`paints a pattern and asks about booked visits (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await openDay(page, theme);
    await openType(page, 'Adjustment');
    await expect(cells(page)).toHaveCount(6);
    await expectAccessible(page);
    await picture(page, `settings-type-${theme}`);

    // A stroke from the fourth cell to past the end.
    const [from, last] = [(await cells(page).nth(3).boundingBox())!, (await cells(page).nth(5).boundingBox())!];
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(last.x + last.width / 2, last.y + last.height / 2, { steps: 4 });
    await expect(page.getByLabel('As text')).toHaveValue('/XXXXX');
    await page.mouse.move(last.x + last.width * 2.5, last.y + last.height / 2, { steps: 4 });
    await page.mouse.up();
    await expect(page.getByLabel('As text')).toHaveValue('/XXXXXXX');

    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Adjustment has booked visits' });
    await expect(dialog.getByRole('radio', { name: /Leave them as they are/ })).toBeChecked();
    await expect(dialog.getByRole('listitem').first()).toBeVisible();
    await expectAccessible(page);
    await picture(page, `type-change-${theme}`);
    await dialog.getByRole('radio', { name: /that fit/ }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('tabpanel').getByRole('button', { name: /Adjustment.*ADJ · 40 min/ })).toBeVisible();
  });
}

test('what comes next is booked with one key and Enter', async ({ page }) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  await openDay(page);
  await page.getByRole('button', { name: /, Adjustment 30, .*, confirmed/ }).first().click();
  await page.keyboard.press('Shift+N');
  const panel = page.getByRole('region', { name: 'New booking' });
  const first = panel.locator('[data-next="place"]');
  await expect(first).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('button', { name: 'Book', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages.getByText(/^Booked .* Jan/)).toBeVisible();
  await expect(messages.getByRole('button', { name: 'Adjustment in 6 weeks' })).toBeVisible();
});
