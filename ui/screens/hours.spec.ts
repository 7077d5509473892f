// Somebody is away: whom it displaces, the list of visits that need a new time, recurring block-outs, alternate weeks and special days.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, isFixture, openDay, picture, test, visits, type Theme } from './desk';

test.skip(!isFixture, 'the numbers are the fixture’s own');

/** By the palette, as anybody would find it. */
async function act(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill(words);
  await page.getByRole('option', { name: words }).first().click();
}

const board = (page: Page) => page.getByRole('complementary').getByRole('region', { name: 'Needs a new time' });

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`takes somebody ill, and nobody is lost (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1600, height: 900 });
    await openDay(page, theme);
    await act(page, 'Somebody is ill from now on');
    const dialog = page.getByRole('dialog', { name: /away or a place is closed/ });
    await expect(dialog.getByText(/visits need a new time\./)).toBeVisible();
    await expectAccessible(page);
    await picture(page, `absence-${theme}`);
    const listed = await dialog.getByRole('listitem').count();
    expect(listed).toBeGreaterThan(0);
    await dialog.getByRole('button', { name: 'Enter the absence' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(board(page).getByRole('article')).toHaveCount(listed);
    await expect(page.getByRole('navigation').getByRole('button', { name: `Needs a new time ${listed}` })).toBeVisible();
    await expectAccessible(page);
    await picture(page, `pinboard-${theme}`);

    // One stays all the same; then the doctor is back, and everybody keeps their time.
    await board(page).getByRole('article').first().getByRole('button', { name: 'It stays' }).click();
    await expect(board(page).getByRole('article')).toHaveCount(listed - 1);
    // Ill for a day more: the same absence, whose days are changed.
    await board(page).getByRole('button', { name: /Change the absence/ }).click();
    const change = page.getByRole('dialog', { name: 'Change the absence' });
    await expect(change.getByText(/visits need a new time\./)).toBeVisible();
    await expectAccessible(page);
    await change.getByLabel('Last day').fill('+1');
    await picture(page, `absence-change-${theme}`);
    await change.getByRole('button', { name: 'Save' }).click();
    await expect(change).toHaveCount(0);
    await expect(board(page).getByRole('button', { name: /Change the absence/ })).toHaveCount(1);
    await board(page).getByRole('button', { name: /Remove the absence/ }).click();
    await expect(board(page).getByText('No visit needs a new time.')).toBeVisible();
  });

  test(`a block-out recurs, and is removed from one day on (${theme})`, async ({ page }) => {
    await openDay(page, theme);
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What for').fill('Huddle');
    await dialog.getByLabel('From').fill('7:00');
    await dialog.getByLabel('Until', { exact: true }).fill('7:30');
    await dialog.getByLabel('Again').selectOption({ label: 'By weeks' });
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await dialog.getByLabel('Last day').fill('+4w');
    await expectAccessible(page);
    await picture(page, `block-recurs-${theme}`);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Blocked out Huddle on 5 days');
  });

  test(`a block-out over visits says whose, and what becomes of them (${theme})`, async ({ page }) => {
    await page.setViewportSize({ width: 1600, height: 900 });
    await openDay(page, theme);
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What for').fill('Team meeting');
    await dialog.getByLabel('Who or what').selectOption({ index: 0 });
    await dialog.getByLabel('From').fill('14:00');
    await dialog.getByLabel('Until', { exact: true }).fill('15:00');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const question = dialog.getByRole('group', { name: 'Visits are booked there' });
    await expect(question.getByRole('alert')).toContainText(/^\d+ visits are booked then: /);
    const asked = Number((await question.getByRole('alert').innerText()).split(' ')[0]);
    await question.getByRole('radio', { name: /They need a new time/ }).check();
    await expectAccessible(page);
    await picture(page, `block-visits-${theme}`);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('navigation').getByRole('button', { name: `Needs a new time ${asked}` })).toBeVisible();
  });

  test(`weeks alternate and a holiday is entered in the settings (${theme})`, async ({ page }) => {
    await openDay(page, theme);
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Locations' }).click();
    const lakeside = page.getByRole('tabpanel').getByRole('button', { name: /Lakeside/ });
    await lakeside.click();
    await page.getByText('Alternate weeks').click();
    await page.getByRole('button', { name: 'Add a week' }).click();
    const save = page.getByRole('button', { name: 'Save' });
    await expect(save).toBeDisabled();
    await page.getByLabel('A day of a first week').fill('23 Nov');
    await page.getByText('Special days and holidays').click();
    await page.getByRole('button', { name: 'Add a day' }).click();
    const day = page.getByRole('group', { name: 'Special day 1' });
    await day.getByLabel('Date').fill('25 Dec');
    await day.getByLabel('Name').fill('Christmas Day');
    await expectAccessible(page);
    await picture(page, `rota-${theme}`);
    await save.click();
    await lakeside.click();
    await expect(page.getByRole('group', { name: 'Special day 1' }).getByLabel('Name')).toHaveValue('Christmas Day');
  });
}

test('the block-outs of a day are copied to another', async ({ page }) => {
  await openDay(page);
  await act(page, 'Copy block-outs to another day or week');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Paste' })).toBeDisabled();
  await dialog.getByLabel('To this day').fill('28 Nov');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Paste' }).click();
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText(/Copied \d+ block-outs to Sat 28 Nov/);
  await expect(page.getByRole('main').getByText('Lunch').first()).toBeVisible();
});

test('a visit is put on the list and taken off again by keyboard', async ({ page }) => {
  await openDay(page);
  await visits(page).nth(20).click();
  await act(page, 'Needs a new time');
  await expect(page.getByRole('region', { name: 'Visit' })).toContainText('Needs a new time: put on the pinboard');
  await act(page, 'Stays where it is');
  await expect(page.getByRole('region', { name: 'Visit' })).not.toContainText('put on the pinboard');
});
