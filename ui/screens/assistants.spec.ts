// Assistants: entered for a location by keyboard, needed by a type, shown above the day and in the inspector; light and dark, and by axe.
import { expect, expectAccessible, isFixture, openDay, picture, test, visits, type Theme } from './desk';

for (const theme of ['light', 'dark'] as const satisfies Theme[]) {
  test(`assistants are counted by period and shown above the day (${theme})`, async ({ page }) => {
    test.skip(!isFixture, 'it changes the practice');
    await openDay(page, theme);
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Locations', exact: true }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: /Lakeside/ }).click();
    const summary = page.locator('summary', { hasText: 'Assistants' });
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const days = page.getByRole('group', { name: 'Assistants' });
    await expect(days.getByLabel('Monday')).toBeFocused();
    for (const text of ['8:00–12:00 = 6, 12:00–17:00 = 5', '8-17 = 6', '8-12 = 6, 13-17 = 5', '8-17 = 6', '8-17 = 6']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await summary.scrollIntoViewIfNeeded();
    await picture(page, `assistants-form-${theme}`);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();

    await page.getByRole('tab', { name: 'Types of visit', exact: true }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'Adjustment' }).click();
    await page.getByLabel('Needs an assistant').selectOption('For the whole visit');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: /that fit/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);

    // A day that was not looked at yet.
    await page.getByRole('button', { name: 'Back to the day' }).click();
    await page.getByRole('button', { name: 'On a day, week or month', exact: true }).click();
    const strip = page.getByRole('region', { name: 'In use' });
    const line = strip.getByRole('button', { name: /Assistants up to \d Too few/ });
    await expect(line).toBeVisible();
    await line.focus();
    await page.keyboard.press('Enter');
    await expect(strip.getByText(/of \d in use/).first()).toBeVisible();
    await picture(page, `assistants-open-${theme}`);
    await expectAccessible(page);

    // Whoever is there at a moment with too few is told so in the inspector.
    const short = strip.getByRole('listitem').filter({ hasText: /[7-9] of 6 in use/ }).first();
    const name = (await short.locator('.muted').innerText()).split(';')[0]!.trim();
    await page.keyboard.press('Enter');
    await visits(page).filter({ hasText: name }).first().click();
    await expect(page.getByText(/Too few assistants \d\d:\d\d–\d\d:\d\d/)).toBeVisible();
    await expectAccessible(page);
  });
}
