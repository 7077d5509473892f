// Several things in one visit: booked by key, seen on the card, the list and beside the visit, and changed there.
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

test.skip(!isFixture, 'the free times are the fixture’s own');

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`books an adjustment with a retainer check and leaves it out again (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await openDay(page, theme);
    await page.keyboard.press('n');
    await page.getByRole('combobox', { name: 'Patient' }).fill('sharma');
    await expect(page.getByRole('option', { name: /Sharma, Anika/ })).toBeVisible();
    await page.keyboard.press('Enter');
    const type = page.getByRole('combobox', { name: 'Type' });
    await expect(type).toBeFocused();
    await type.pressSequentially('a+t');
    await expect(page.getByRole('option', { name: 'Adjustment + Retainer check' })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Enter');

    const panel = page.getByRole('region', { name: 'New booking' });
    await expect(panel.getByText('35 minutes together, 15 of them with the doctor')).toBeVisible();
    await expect(panel.locator('[data-next="place"]')).toBeFocused();
    await expectAccessible(page);
    await picture(page, `procedures-${theme}`);
    await page.keyboard.press('Enter');
    await expect(panel.getByRole('button', { name: 'Book', exact: true })).toBeFocused();
    await page.keyboard.press('Enter');

    const card = page.getByRole('button', { name: /^Sharma, Anika, Adjustment \+ Retainer check 35/ });
    await expect(card).toBeVisible();
    const details = page.getByRole('complementary', { name: 'Details' });
    await expect(details.getByText('+ Retainer check')).toBeVisible();
    await details.getByRole('button', { name: 'Add a procedure' }).click();
    const add = details.getByRole('combobox', { name: 'Add a procedure' });
    await expect(add).toBeFocused();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await details.getByRole('button', { name: 'Leave out Retainer check' }).click();
    await expect(page.getByRole('button', { name: /^Sharma, Anika, Adjustment 30/ }).last()).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(card).toBeVisible();
  });
}
