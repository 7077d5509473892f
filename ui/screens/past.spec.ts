// The day as it was: found in the palette, marked as the past, left with Esc.
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`${theme}: the day as it was is accessible and has its picture`, async ({ page }) => {
    test.skip(!isFixture, 'what was done before is the fixture’s');
    await page.setViewportSize({ width: 1440, height: 900 });
    await openDay(page, theme);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('as it was');
    await expect(page.getByRole('option', { name: /The day as it was/ })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^This is the past/)).toBeVisible();
    await expect(page.getByRole('table')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'One change since' })).toBeVisible();
    await expectAccessible(page);
    await picture(page, `past-${theme}`);
    await page.keyboard.press('Escape');
    await expect(page.getByText(/^This is the past/)).toHaveCount(0);
  });
}
