// Templates: a week designed by keyboard only, applied with conflicts, changed on a day, copied to another location, and its figures.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, isFixture, openDay, picture, test, type Theme } from './desk';

test.skip(!isFixture, 'the invented week is the fixture’s own');

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' });
const grid = (page: Page, name: string) => page.getByRole('group', { name: `Template ${name}` });

async function openTemplates(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+t');
  await expect(page.getByRole('heading', { name: 'Templates', level: 1 })).toBeVisible();
}

async function openBoard(page: Page, name = 'Bonding week'): Promise<void> {
  await openTemplates(page);
  await page.getByRole('button', { name, exact: true }).click();
  await expect(grid(page, name)).toBeVisible();
}

test('several locations are applied to in one step, the past only on purpose', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openDay(page, 'light', 'templates');
  await openTemplates(page);
  await page.getByRole('button', { name: 'Apply Bonding week' }).click();
  await page.getByLabel('First day').fill('30 Nov 2026');
  await page.getByLabel('Last day').fill('11 Dec 2026');
  const plan = page.getByRole('region', { name: 'What it would do' });
  const days = plan.getByRole('listitem').filter({ has: page.getByRole('checkbox', { name: /^Choose/ }) });
  await expect(days.first()).toBeVisible();
  const also = page.getByRole('group', { name: 'Also at, in the same step' });
  await also.getByLabel('Hilltop').check();
  // It belongs to Lakeside: nothing is planned until it is shared, and it says so.
  await expect(also.getByText('Bonding week belongs to Lakeside and is not shared with Hilltop')).toBeVisible();
  await expectAccessible(page);
  await also.getByLabel('Hilltop').uncheck();
  await expect(days.first()).toBeVisible();

  await page.getByLabel('First day').fill('1 Jun 2026');
  const past = plan.getByRole('checkbox', { name: /^Change \d+ days that are over/ });
  await expect(past).toBeVisible();
  await plan.getByRole('button', { name: /^All \d+ days/ }).click();
  await expect(plan.getByRole('alert')).toContainText('what was planned for the past would change');
  await past.check();
  await plan.getByRole('button', { name: /^All \d+ days/ }).click();
  await expect(messages(page)).toContainText(/Applied to \d+ days/);
});

test('a week is designed by keyboard only', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openDay(page);
  const { keyboard } = page;
  await openTemplates(page);
  await keyboard.press('n');
  await keyboard.type('Surgery week');
  await keyboard.press('Enter');
  const board = grid(page, 'Surgery week');
  await expect(board).toBeVisible();
  await expect(board.locator('[data-cursor]')).toBeFocused();

  // What is drawn: the list answers to first letters.
  await keyboard.press('b');
  await expect(page.getByLabel('Draw', { exact: true })).toBeFocused();
  await keyboard.type('Bond');
  await expect(page.getByLabel('Draw', { exact: true })).toHaveValue('type:type-bond');
  await page.getByLabel('Draw', { exact: true }).blur();
  await board.locator('[data-cursor]').focus();
  await keyboard.press('Enter');
  const first = board.getByRole('button', { name: /^Bonding, 08:00 to 09:30, 90 min, Op 1, Chen/ });
  await expect(first).toBeFocused();

  // Longer, moved to another chair, doubled below, and all of it taken back and done again.
  await keyboard.press('Shift+ArrowDown');
  await keyboard.press('Enter');
  await expect(board.getByRole('button', { name: /^Bonding, 08:00 to 09:40/ })).toBeFocused();
  await keyboard.press('m');
  await keyboard.press('ArrowRight');
  await keyboard.press('Enter');
  await expect(board.getByRole('button', { name: /^Bonding, 08:00 to 09:40, 100 min, Op 2/ })).toBeFocused();
  await keyboard.press('d');
  await expect(board.getByRole('button', { name: /^Bonding, 09:40 to 11:20, 100 min, Op 2/ })).toBeFocused();
  await keyboard.press('Control+z');
  await expect(board.getByRole('button', { name: /^Bonding, 09:40/ })).toHaveCount(0);
  await keyboard.press('Control+Shift+z');
  await expect(board.getByRole('button', { name: /^Bonding, 09:40/ })).toHaveCount(1);

  // Filled until noon, and the column copied to Tuesday.
  await keyboard.press('Home');
  await keyboard.press('ArrowDown');
  await expect(board.getByRole('button', { name: /^Bonding, 09:40/ })).toBeFocused();
  await keyboard.press('f');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Until')).toBeFocused();
  await keyboard.press('Control+a');
  await keyboard.type('15:00');
  await expect(dialog.getByText(/2 slots: /)).toBeVisible();
  await keyboard.press('Enter');
  await expect(messages(page)).toContainText('Drew 2 slots');
  await expect(board.locator('[data-card]')).toHaveCount(4);
  await keyboard.press('k');
  await expect(dialog.getByRole('radio', { name: /Op 2 of Monday/ })).toBeFocused();
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('Space');
  await keyboard.press('Enter');
  await expect(messages(page)).toContainText('Copied 4 slots');
  await keyboard.press(']');
  await expect(board.locator('[data-card]')).toHaveCount(4);
  await expect(board.getByRole('button', { name: /^Bonding, 08:00/ })).toHaveCount(1);

  // All of a column chosen and removed; kept under a name.
  await keyboard.press('[');
  await expect(board.getByRole('button', { name: /^Bonding, 09:40/ })).toBeFocused();
  await keyboard.press('a');
  await expect(page.getByRole('heading', { name: '4 slots' })).toBeVisible();
  await keyboard.press('Delete');
  await expect(board.locator('[data-card]')).toHaveCount(0);
  await keyboard.press('Control+z');
  await expect(board.locator('[data-card]')).toHaveCount(4);
  await keyboard.press('Control+s');
  await keyboard.type('First');
  await keyboard.press('Enter');
  await expect(messages(page)).toContainText('Kept First as version 1');
});

test('slots are drawn, moved, and stretched by pointer', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openDay(page);
  await openBoard(page);
  const board = grid(page, 'Bonding week');
  await page.getByLabel('Draw', { exact: true }).selectOption({ label: 'Observation' });
  // Noon is free in the first chair.
  const box = (await board.locator('[data-canvas]').boundingBox())!;
  const minute = async (at: number): Promise<number> => {
    const [first, second] = await Promise.all([
      board.getByRole('button', { name: /^Bonding, 08:00.*Op 1/ }).boundingBox(),
      board.getByRole('button', { name: /^Debond, 11:00.*Op 1/ }).boundingBox(),
    ]);
    return first!.y + ((second!.y - first!.y) / 180) * (at - 480);
  };
  const x = box.x + 50;
  await page.mouse.move(x, (await minute(725)));
  await page.mouse.down();
  await page.mouse.move(x, (await minute(755)), { steps: 4 });
  await page.mouse.up();
  const drawn = board.getByRole('button', { name: /^Observation, 12:00 to 12:40, 40 min, Op 1/ });
  await expect(drawn).toBeVisible();
  await page.mouse.move(x, (await minute(759)));
  await page.mouse.down();
  await page.mouse.move(x, (await minute(769)), { steps: 4 });
  await page.mouse.up();
  await expect(board.getByRole('button', { name: /^Observation, 12:00 to 12:50/ })).toBeVisible();
  // Two at once by Shift; the inspector changes both.
  await board.getByRole('button', { name: /^Debond, 11:00.*Op 1/ }).click({ modifiers: ['Shift'] });
  await expect(page.getByRole('heading', { name: '2 slots' })).toBeVisible();
  await page.getByRole('complementary').getByLabel('Label').fill('Quiet');
  await page.keyboard.press('Tab');
  await expect(board.getByRole('button', { name: /^Quiet, / })).toHaveCount(2);
});

test('what is wrong leads to where it is', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openDay(page);
  await openBoard(page);
  await page.getByRole('button', { name: /Doctor needed twice/ }).click();
  await expect(page.getByRole('group', { name: 'Weekday' }).getByRole('button', { name: 'Thursday' })).toHaveAttribute('aria-pressed', 'true');
  const board = grid(page, 'Bonding week');
  await expect(board.getByRole('button', { name: /something is wrong here/ }).first()).toBeVisible();
  // Put ten minutes later the doctor is free again.
  const late = board.getByRole('button', { name: /^Adjustment, 08:10 to 08:40.*Op 2/ });
  await late.click();
  await page.keyboard.press('m');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /Doctor needed twice/ })).toHaveCount(0);
});

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`the board, versions and dialogs (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await openDay(page, theme);
    await openTemplates(page);
    await expectAccessible(page);
    await picture(page, `templates-${theme}`);
    await page.getByRole('button', { name: 'Bonding week', exact: true }).click();
    await expect(grid(page, 'Bonding week').locator('[data-card]').first()).toBeVisible();
    await page.keyboard.press('p');
    await expect(page.getByRole('heading', { name: 'Long cases' })).toBeVisible();
    await expectAccessible(page);
    await picture(page, `template-builder-${theme}`);
    await page.keyboard.press('w');
    await expect(page.getByText('93 slots').first()).toBeVisible();
    await expectAccessible(page);
    await picture(page, `template-week-${theme}`);
    await page.keyboard.press('w');
    await page.getByRole('button', { name: /^Against 2:/ }).click();
    await page.getByRole('group', { name: 'Weekday' }).getByRole('button', { name: 'Friday' }).click();
    await expect(page.getByText('11 slots differ')).toBeVisible();
    await expectAccessible(page);
    await picture(page, `template-versions-${theme}`);
    await page.keyboard.press('v');
    for (const [key, name] of [
      ['f', 'Fill until a time'],
      ['k', 'Copy the column or day'],
      ['Control+s', 'Keep a version'],
    ] as const) {
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog', { name })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    await page.getByRole('button', { name: 'More to do with the template' }).click();
    await expectAccessible(page);
    await page.getByRole('menuitem', { name: /Copy or share/ }).click();
    await expect(page.getByText(/operatories have no counterpart there/)).toBeVisible();
    await expectAccessible(page);
    await picture(page, `template-share-${theme}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' }).getByText('Duplicate the slot')).toBeVisible();
    await expectAccessible(page);
  });

  test(`a template is applied with what does not fit (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await openDay(page, theme, 'templates');
    await openTemplates(page);
    await page.getByRole('button', { name: 'Apply Bonding week' }).click();
    await expect(page.getByText('When should it hold?')).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('First day').fill('23 Nov 2026');
    await page.getByLabel('Last day').fill('22 Nov 2026');
    await expect(page.getByText('The last day is before the first')).toBeVisible();
    await page.getByLabel('Last day').fill('2036-11-22');
    await expect(page.getByRole('alert').or(page.getByText(/at most two years/)).first()).toBeVisible();
    await page.getByLabel('First day').fill('30 Nov');
    await page.getByLabel('Last day').fill('+3m');
    const plan = page.getByRole('region', { name: 'What it would do' });
    await expect(plan.getByRole('status')).toContainText(/\d+ days: \d+ clean, \d+ with/);
    await plan.getByLabel('Only days where something does not fit').check();
    await plan.getByRole('button', { name: /Show what does not fit on/ }).first().click();
    const conflict = plan.getByRole('combobox').first();
    await expect(conflict).toBeVisible();
    await expectAccessible(page);
    await picture(page, `template-apply-${theme}`);

    // One way out: the day gets a slot for its visit; it is applied with the others that were chosen.
    await conflict.selectOption({ label: 'Give this day a slot for it' });
    await plan.getByRole('checkbox', { name: /^Choose \w{3} \d/ }).first().check();
    await plan.getByRole('button', { name: 'The chosen day' }).click();
    await expect(messages(page)).toContainText('Applied to 1 day');
    await expect(plan.getByRole('button', { name: /Show what does not fit on Fri 4 Dec/ })).toHaveCount(0);
    await plan.getByRole('button', { name: /Apply \d+ clean days/ }).click();
    await expect(messages(page)).toContainText(/Applied to \d+ days/);
    await expect(page.getByRole('region', { name: 'Applied now' }).getByRole('listitem')).toHaveCount(3);
    await messages(page).getByRole('button', { name: 'Undo' }).last().click();
    await expect(page.getByRole('region', { name: 'Applied now' }).getByRole('listitem')).toHaveCount(2);
  });

  test(`slots lie behind the visits and are changed on one day (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await openDay(page, theme, 'templates');
    const slots = page.getByRole('main').locator('[data-slot]');
    await expect(slots.first()).toBeVisible();
    await expectAccessible(page);
    await picture(page, `template-day-${theme}`);

    // Enter on a free slot books what it is kept for.
    const free = page.locator('[data-slot]').filter({ hasText: /kept for Bonding, .*0 of 1 booked/ }).first();
    const box = (await free.boundingBox())!;
    await page.mouse.click(box.x + 40, box.y + box.height - 12);
    await expect(page.locator('[data-cursor]')).toHaveAttribute('aria-label', /free, kept for Bonding/);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('combobox', { name: 'Type' }).or(page.getByText('Bonding', { exact: true })).first()).toBeVisible();
    await expect(page.getByRole('complementary')).toContainText('Bonding');
    await page.keyboard.press('Escape');

    await page.mouse.click(box.x + 40, box.y + box.height - 12, { button: 'right' });
    await page.getByRole('menuitem', { name: 'Change the slot of this day' }).click();
    const dialog = page.getByRole('dialog', { name: 'Slot on Tue 24 Nov' });
    await dialog.getByLabel('Label').fill('Transfer case');
    await expectAccessible(page);
    await picture(page, `template-day-slot-${theme}`);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('[data-slot]').filter({ hasText: 'Transfer case, kept for Bonding' })).toContainText('changed by hand');

    await page.keyboard.press('Shift+t');
    await expect(slots).toHaveCount(0);
  });

  test(`the figures, as bars and as tables (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await openDay(page, theme, 'templates');
    await openTemplates(page);
    await page.getByRole('button', { name: 'Figures' }).click();
    const visits = page.getByRole('region', { name: 'Planned, booked and kept' });
    await expect(visits.getByRole('row', { name: /^Bonding \d+ \d+ \d+/ })).toBeAttached();
    await expectAccessible(page);
    await picture(page, `template-figures-${theme}`);
    await visits.getByRole('button', { name: /Table/ }).click();
    await expect(visits.locator('svg')).toHaveCount(0);
    await expect(visits.getByRole('row', { name: /^All/ })).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('By', { exact: true }).selectOption('weekday');
    await expect(visits.getByRole('rowheader', { name: 'Thursday' })).toBeVisible();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a table' }).click();
    expect((await download).suggestedFilename()).toBe('templates-by-weekday-2026-09.csv');
    await expect(messages(page)).toContainText('Saved templates-by-weekday');
  });
}

test('what a screen reader hears of the board', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openDay(page);
  await openBoard(page, 'School holiday');
  await expect(page.getByRole('toolbar')).toMatchAriaSnapshot({ name: 'template-tools.aria.yml' });
  await expect(page.getByRole('complementary', { name: 'Chosen slot, check and versions' })).toMatchAriaSnapshot({ name: 'template-side.aria.yml' });
  await expect(grid(page, 'School holiday').getByRole('region', { name: 'Op 3' })).toMatchAriaSnapshot({ name: 'template-column.aria.yml' });
});

test('who may not design looks only, and hears why', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openDay(page, 'light', 'read-only');
  await expect(page.getByRole('navigation').getByRole('button', { name: 'Templates' })).toHaveCount(0);
});
