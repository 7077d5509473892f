// Every screen and dialog in both themes: axe finds nothing, and a picture is taken.
import { expect, expectAccessible, isFixture, open, openDay, picture, test, visits, type Theme } from './desk';

for (const theme of ['light', 'dark'] as Theme[]) {
  test.describe(theme, () => {
    test('the day', async ({ page }) => {
      await openDay(page, theme);
      await expectAccessible(page);
      await picture(page, `day-1280-${theme}`);
    });

    test('the day, large, with a visit', async ({ page }) => {
      await page.setViewportSize({ width: 1920, height: 1080 });
      await openDay(page, theme);
      await visits(page).nth(6).click();
      await expect(page.getByRole('complementary', { name: 'Details' })).toBeVisible();
      await expect(page.getByRole('region', { name: 'History' })).toBeVisible();
      await expectAccessible(page);
      await picture(page, `visit-1920-${theme}`);
    });

    test('the day with more contrast', async ({ page }) => {
      test.skip(!isFixture, 'a real desk remembers it, for the other tests too');
      await page.setViewportSize({ width: 1440, height: 900 });
      await openDay(page, theme);
      await page.locator('[data-part="bar"]').getByRole('button', { name: /theme, density, settings/ }).click();
      await page.getByRole('menuitemcheckbox', { name: /More contrast/ }).click();
      await expect(page.locator('html')).toHaveAttribute('data-contrast', 'more');
      await expectAccessible(page);
      await picture(page, `contrast-${theme}`);
    });

    test('booking', async ({ page }) => {
      await openDay(page, theme);
      await page.keyboard.press('n');
      await page.getByRole('combobox', { name: 'Patient' }).fill('a');
      await expect(page.getByRole('option').first()).toBeVisible();
      await expectAccessible(page);
      await picture(page, `booking-patient-${theme}`);
      await page.keyboard.press('Enter');
      await page.getByRole('combobox', { name: 'Type' }).click();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { name: 'Openings' })).toBeVisible();
      await expectAccessible(page);
      await picture(page, `booking-openings-${theme}`);
    });

    test('a new patient in a booking', async ({ page }) => {
      await openDay(page, theme);
      await page.keyboard.press('n');
      await page.getByRole('combobox', { name: 'Patient' }).fill('Zola Quist');
      await page.getByRole('option', { name: /New patient/ }).click();
      await page.getByLabel('Birth date').fill('9.5.2014');
      await expectAccessible(page);
      await picture(page, `booking-new-patient-${theme}`);
    });

    test('the palette', async ({ page }) => {
      await openDay(page, theme);
      await page.keyboard.press('Control+k');
      await expectAccessible(page);
      await page.getByRole('combobox').fill('an');
      await expect(page.getByRole('option').first()).toBeVisible();
      await expectAccessible(page);
      await picture(page, `palette-${theme}`);
    });

    test('the help sheet', async ({ page }) => {
      await openDay(page, theme);
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
      await expectAccessible(page);
      await picture(page, `help-${theme}`);
    });

    test('small dialogs', async ({ page }) => {
      await openDay(page, theme);
      for (const [key, name] of [
        ['b', 'Block out time'],
        ['g', 'Go to a date'],
      ] as const) {
        await page.keyboard.press(key);
        await expect(page.getByRole('dialog', { name })).toBeVisible();
        await expectAccessible(page);
        await picture(page, `${name.toLowerCase().replaceAll(' ', '-')}-${theme}`);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
      }
    });

    test('block-outs for some kinds of visit, and pasting', async ({ page }) => {
      await openDay(page, theme);
      await page.keyboard.press('b');
      const dialog = page.getByRole('dialog', { name: 'Block out time' });
      await dialog.getByLabel('What for').fill('New patients');
      await dialog.getByLabel('Bookings then').selectOption('restricted_to');
      const save = dialog.getByRole('button', { name: 'Save' });
      await expect(save).toBeDisabled();
      await dialog.getByRole('checkbox', { name: 'Consultation' }).check();
      await expect(save).toBeEnabled();
      await expectAccessible(page);
      await picture(page, `block-types-${theme}`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('copy block-outs');
      await page.getByRole('option', { name: 'Copy block-outs to another day or week' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page);
      await picture(page, `paste-${theme}`);
    });

    test('a visit swapped, cancelled', async ({ page }) => {
      await openDay(page, theme);
      const planned = visits(page).and(page.locator('[aria-label*=", confirmed"]'));
      await planned.first().click();
      await page.keyboard.press('y');
      await expect(page.getByRole('contentinfo').getByText(/^Swap .* with: choose the other visit$/)).toBeVisible();
      await expectAccessible(page);
      await picture(page, `swap-${theme}`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('x');
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page);
      await picture(page, `cancel-${theme}`);
    });

    test('import and invitation', async ({ page }) => {
      await openDay(page, theme);
      for (const [words, name] of [
        ['import patients', 'Import patients, visits or a calendar'],
        ['invite', 'Invite a workstation'],
      ] as const) {
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox').fill(words);
        await expect(page.getByRole('option', { name })).toBeVisible();
        await page.getByRole('option', { name }).click();
        await expect(page.getByRole('dialog', { name })).toBeVisible();
        await expectAccessible(page);
        await picture(page, `${words.replaceAll(' ', '-')}-${theme}`);
        await page.keyboard.press('Escape');
      }
    });

    test('menus', async ({ page }) => {
      await openDay(page, theme);
      await page.getByRole('button', { name: /theme, density, settings/ }).click();
      await expect(page.getByRole('menu')).toBeVisible();
      await expectAccessible(page);
      await picture(page, `person-menu-${theme}`);
      await page.keyboard.press('Escape');
      await visits(page).nth(3).click({ button: 'right' });
      await expect(page.getByRole('menu')).toBeVisible();
      await expectAccessible(page);
    });

    test('settings', async ({ page }) => {
      await openDay(page, theme);
      await page.keyboard.press('Control+,');
      for (const name of ['Practice', 'Locations', 'Operatories', 'Providers', 'Types of visit']) {
        await page.getByRole('tab', { name, exact: true }).click();
        await expectAccessible(page);
      }
      await picture(page, `settings-types-${theme}`);
      await page.getByRole('tabpanel').getByRole('listitem').first().getByRole('button').click();
      await expect(page.getByRole('button', { name: 'Save' })).toBeVisible();
      await expectAccessible(page);
    });

    test.describe('of the fixture', () => {
      test.skip(!isFixture, 'these scenes are the fixture’s own');

      test('conflicts', async ({ page }) => {
        await openDay(page, theme);
        await page.getByRole('button', { name: /conflicts? needs? attention/ }).click();
        await expect(page.getByRole('article', { name: /double-booked/ })).toBeVisible();
        await expectAccessible(page);
        await picture(page, `conflicts-${theme}`);
      });

      test('new times for many visits', async ({ page }) => {
        await openDay(page, theme);
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox').fill('new times for a provider');
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog', { name: 'New times for many visits' });
        await dialog.getByLabel('Day that cannot be kept').fill('25 Nov');
        await expect(dialog.getByRole('row', { name: /25 Nov/ }).first()).toBeVisible();
        await dialog.getByRole('checkbox', { name: /^Move / }).nth(1).uncheck();
        await expectAccessible(page);
        await picture(page, `reschedule-${theme}`);
      });

      test('off-line', async ({ page }) => {
        await openDay(page, theme, 'offline');
        await page.getByRole('button', { name: 'Off-line, 3 waiting' }).click();
        await expect(page.getByText('3 changes will go out when the relay answers')).toBeVisible();
        await expectAccessible(page);
        await picture(page, `offline-${theme}`);
      });

      for (const scene of ['fresh', 'locked', 'failed'] as const) {
        test(`start: ${scene}`, async ({ page }) => {
          await open(page, scene, theme);
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          await expectAccessible(page);
          await picture(page, `start-${scene}-${theme}`);
        });
      }

      test('start: found and join', async ({ page }) => {
        await open(page, 'fresh-no-keychain', theme);
        await page.getByRole('button', { name: /Start a practice/ }).click();
        await expect(page.getByLabel('Name of the practice')).toBeFocused();
        await expectAccessible(page);
        await picture(page, `start-found-${theme}`);
        await page.getByRole('button', { name: 'Back' }).click();
        await page.getByRole('button', { name: /Join a practice/ }).click();
        await expectAccessible(page);
      });
    });
  });
}
