// A second provider: painted under the first pattern of a type, named in a booking, told by the card, changed beside the visit.
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

test.skip(!isFixture, 'the types and free times are the fixture’s own');

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`is set up, booked and changed (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 1000 });
    await openDay(page, theme);
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Types of visit', exact: true }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'Retainer check' }).click();
    await page.getByRole('checkbox', { name: 'A second provider is needed for part of it' }).check();
    const row = page.getByRole('toolbar', { name: 'Second provider, beside the first' });
    const cells = row.getByRole('button');
    const units = await page.getByRole('toolbar', { name: 'Time pattern', exact: true }).getByRole('button').count();
    await expect(cells).toHaveCount(units);
    await cells.nth(units - 2).click();
    await expect(cells.nth(units - 2)).toHaveText('X');
    await row.scrollIntoViewIfNeeded();
    await expectAccessible(page);
    await picture(page, `second-pattern-${theme}`);
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Retainer check has booked visits' });
    const list = page.getByRole('tabpanel').getByRole('button', { name: /Retainer check/ });
    await expect(dialog.or(list)).toBeVisible();
    if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(list).toBeVisible();
    await page.keyboard.press('Escape');

    await page.keyboard.press('n');
    await page.getByRole('combobox', { name: 'Patient' }).fill('sharma');
    await expect(page.getByRole('option', { name: /Sharma, Anika/ })).toBeVisible();
    await page.keyboard.press('Enter');
    const type = page.getByRole('combobox', { name: 'Type' });
    await expect(type).toBeFocused();
    await type.pressSequentially('t');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'New booking' });
    await expect(panel.locator('[data-next="place"]')).toBeFocused();
    await expect(panel.locator('[data-next="place"]')).toContainText(', then ');
    await page.keyboard.press('Enter');
    const second = panel.getByRole('combobox', { name: 'Second provider' });
    await expect(second).not.toHaveValue('');
    await expectAccessible(page);
    await picture(page, `second-booking-${theme}`);
    await panel.getByRole('button', { name: 'Book', exact: true }).click();

    const card = page.getByRole('button', { name: /^Sharma, Anika, Retainer check .*, with .*, then / });
    await expect(card).toBeVisible();
    const details = page.getByRole('complementary', { name: 'Details' });
    const change = details.getByRole('combobox', { name: 'Second provider' });
    const before = await change.inputValue();
    const others = await change.locator('option').evaluateAll((options) => options.map((one) => (one as HTMLOptionElement).value));
    const other = others.find((value) => value !== '' && value !== before)!;
    await change.selectOption(other);
    await expect(change).toHaveValue(other);
    await expect(page.getByRole('status').filter({ hasText: /Sharma, Anika: then with/ }).first()).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Control+z');
    await expect(change).toHaveValue(before);

    // In provider columns it stands with the first; in the second's they are told when they are needed.
    await page.keyboard.press('Escape');
    await page.keyboard.press('v');
    await page.getByRole('radio', { name: 'Providers' }).check();
    await page.keyboard.press('Escape');
    const tag = page.getByRole('button', { name: /^Sharma, Anika, needed in the visit with / });
    await expect(tag).toBeVisible();
    await expectAccessible(page);
    await picture(page, `second-columns-${theme}`);
    await tag.click();
    await expect(page.getByRole('button', { name: /^Sharma, Anika, Retainer check / })).toHaveAttribute('aria-pressed', 'true');

    // Nobody comes for it after all.
    await page.getByRole('complementary', { name: 'Details' }).getByRole('combobox', { name: 'Second provider' }).selectOption('');
    await expect(page.getByRole('status').filter({ hasText: /Sharma, Anika: without a second provider/ }).first()).toBeVisible();
    await expect(page.getByRole('button', { name: /^Sharma, Anika, Retainer check .*, then / })).toHaveCount(0);
  });
}
