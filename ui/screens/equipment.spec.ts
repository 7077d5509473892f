// Equipment: entered in the settings, used by a type, shown above the day; looked at light and dark, and by axe.
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

for (const theme of ['light', 'dark'] as const satisfies Theme[]) {
  test(`a scanner is entered, used by a type and shown above the day (${theme})`, async ({ page }) => {
    test.skip(!isFixture, 'it changes the practice');
    await openDay(page, theme);
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Equipment', exact: true }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Name').fill('Scanner');
    const pieces = page.getByRole('group', { name: 'Pieces at each location' }).getByRole('spinbutton').first();
    await pieces.fill('2');
    await picture(page, `equipment-form-${theme}`);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('button', { name: /Scanner.*2 / })).toBeVisible();

    await page.getByRole('tab', { name: 'Types of visit', exact: true }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'Adjustment' }).click();
    await page.getByRole('button', { name: 'Add equipment' }).click();
    await page.getByLabel('To minute').fill('15');
    await page.getByRole('button', { name: 'Add equipment' }).scrollIntoViewIfNeeded();
    await picture(page, `equipment-type-${theme}`);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: /that fit/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);

    // A day that was not looked at yet.
    await page.getByRole('button', { name: 'Back to the day' }).click();
    await page.getByRole('button', { name: 'On a day, week or month', exact: true }).click();
    const strip = page.getByRole('region', { name: 'In use' });
    const line = strip.getByRole('button', { name: /Scanner 2 pieces (Too few|None left|Some left)/ });
    await expect(line).toBeVisible();
    await picture(page, `equipment-day-${theme}`);
    await expectAccessible(page);
    await line.focus();
    await page.keyboard.press('Enter');
    await expect(strip.getByText(/of 2 in use/).first()).toBeVisible();
    await picture(page, `equipment-open-${theme}`);
    await expectAccessible(page);
  });
}
