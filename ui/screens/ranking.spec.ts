// Limits of visits in an hour and what counts when openings are ranked: set, seen, in both themes.
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

test.skip(!isFixture, 'the limits are the fixture’s own');

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`limits and weights are set in plain words (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await openDay(page, theme);
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Openings', exact: true }).click();
    const panel = page.getByRole('tabpanel');
    await expect(panel.getByLabel('Visits an hour')).toHaveValue('6');
    await panel.getByRole('button', { name: 'Add a limit' }).click();
    await expect(panel.getByLabel('Provider').nth(1)).toBeFocused();
    await panel.getByLabel('Type', { exact: true }).nth(1).selectOption({ label: 'Adjustment' });
    await panel.getByLabel('Visits an hour').nth(1).fill('2');
    const load = panel.getByRole('group', { name: 'The doctor with less to do that day' });
    await load.getByRole('button', { name: 'Much' }).click();
    await expect(load.getByRole('button', { name: 'Much' })).toHaveAttribute('aria-pressed', 'true');
    await expectAccessible(page);
    await picture(page, `settings-openings-${theme}`);
    await panel.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('contentinfo', { name: 'Status line' })).toContainText(/saved \d\d:\d\d/);
    // What was saved is there when somebody comes back.
    await page.getByRole('tab', { name: 'Practice', exact: true }).click();
    await page.getByRole('tab', { name: 'Openings', exact: true }).click();
    await expect(panel.getByLabel('Visits an hour')).toHaveCount(2);
    await expect(panel.getByLabel('Visits an hour').nth(1)).toHaveValue('2');
    await expect(load.getByRole('button', { name: 'Much' })).toHaveAttribute('aria-pressed', 'true');
  });
}
