// Who sits here: signing in, locking, the PIN, switching, what a role does not allow, people and roles, emergency access.
import { clinic } from '../src/desk/fixture/clinic';
import { CODE, PASSPHRASE } from '../src/desk/fixture/staff';
import { expect, expectAccessible, isFixture, open, openDay, picture, test, visits, type Theme } from './desk';
import type { Page } from '@playwright/test';

test.skip(!isFixture, 'these people are the fixture’s own');

const PATIENTS = clinic().patients;

const passphrase = (page: Page) => page.getByLabel('Passphrase', { exact: true });
const messages = (page: Page) => page.getByRole('region', { name: 'Messages' });

/** Nothing of any patient is anywhere in the page: no name in its text, its fields or what a screen reader is told. */
async function expectNoPatients(page: Page): Promise<void> {
  const whole = await page.evaluate(() => document.documentElement.outerHTML);
  expect(PATIENTS.length).toBeGreaterThan(60);
  for (const { name, fields } of PATIENTS) {
    for (const secret of [name, `${fields.given_name} ${fields.family_name}`, fields.mobile_phone]) {
      if (secret) expect(whole, secret).not.toContain(secret);
    }
  }
  await expect(page.locator('[data-card]')).toHaveCount(0);
}

async function lock(page: Page): Promise<void> {
  await page.keyboard.press('Control+l');
  await expect(page.getByRole('listbox', { name: 'Who is there?' })).toBeVisible();
}

test('signs in with a wrong and then the right passphrase', async ({ page }) => {
  await open(page, 'sign-in');
  const people = page.getByRole('listbox', { name: 'Who is there?' });
  await expect(people).toBeFocused();
  await expect(page.getByRole('heading', { level: 1, name: 'Lakeside Orthodontics' })).toBeVisible();
  await expectNoPatients(page);
  await page.keyboard.type('am');
  await expect(page.getByRole('option', { name: 'Amara Bello' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(passphrase(page)).toBeFocused();
  await page.keyboard.type('not this one');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('This is not the passphrase.');
  await expect(passphrase(page)).toBeFocused();
  await expect(passphrase(page)).toHaveValue('');
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(visits(page).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^Amara Bello/ })).toBeVisible();
});

test('says how long to wait after too many tries', async ({ page }) => {
  await open(page, 'sign-in');
  await page.getByRole('option', { name: 'Bo Halvorsen' }).click();
  for (let tries = 0; tries < 4; tries += 1) {
    await passphrase(page).fill(`guess ${tries}`);
    await page.keyboard.press('Enter');
    await expect(passphrase(page)).toHaveValue('');
  }
  await expect(page.getByRole('alert')).toContainText(/try again in \d+ seconds/);
});

test('locking wipes the page of patients, whatever was open', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await openDay(page);
  await visits(page).nth(6).click();
  await expect(page.getByRole('region', { name: 'History' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('an');
  await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible();
  await lock(page);
  await expectNoPatients(page);
  await expect(passphrase(page)).toBeFocused();
  // Keys of the desk do nothing here.
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(visits(page).first()).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('comes back with the PIN, or with the passphrase', async ({ page }) => {
  await openDay(page);
  await page.getByRole('button', { name: /theme, density, settings/ }).click();
  await page.getByRole('menuitem', { name: /PIN for this shift/ }).click();
  await page.keyboard.type('2468');
  await page.keyboard.press('Enter');
  await expect(messages(page)).toContainText('The PIN counts for this shift');
  await lock(page);
  await expect(page.getByLabel('PIN')).toBeFocused();
  await page.keyboard.type('1111');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('This is not the PIN.');
  await expectAccessible(page);
  await picture(page, 'sign-in-pin');
  await page.keyboard.type('2468');
  await page.keyboard.press('Enter');
  await expect(visits(page).first()).toBeVisible();
  await lock(page);
  await page.getByRole('button', { name: 'Use passphrase' }).click();
  await expect(passphrase(page)).toBeFocused();
});

test('somebody else sits down by keyboard only', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+Shift+l');
  await expect(page.getByRole('listbox', { name: 'Who is there?' })).toBeFocused();
  await expectNoPatients(page);
  await page.keyboard.press('d');
  await expect(page.getByRole('option', { name: 'Dr Mei Chen' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(visits(page).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^Dr Mei Chen/ })).toBeVisible();
  // The next time it begins with who was here, and arrows choose another from the field.
  await lock(page);
  await expect(page.getByRole('option', { name: 'Dr Mei Chen' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('option', { name: 'Bo Halvorsen' })).toHaveAttribute('aria-selected', 'true');
  await expect(passphrase(page)).toBeFocused();
});

test('who may only look hears why not', async ({ page }) => {
  await openDay(page, 'light', 'read-only');
  await page.keyboard.press('n');
  await expect(messages(page)).toContainText('Your role does not let you book visits');
  await expect(messages(page)).toContainText('take emergency access');
  await page.keyboard.press('n');
  await expect(messages(page).getByText('Your role does not let you book visits')).toHaveCount(1);
  await page.keyboard.press('t');
  await page.keyboard.press('Enter');
  await expect(messages(page).getByRole('button', { name: 'Emergency access…' })).toHaveCount(1);
  await page.keyboard.press('b');
  await expect(messages(page)).toContainText('Your role does not let you change visits, patients and block-outs.');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await visits(page).nth(4).click();
  await expect(page.getByRole('complementary').getByText('Your role does not let you change visits')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'read-only-visit');
  await visits(page).nth(4).click({ button: 'right' });
  const item = page.getByRole('menuitem', { name: /Move the visit/ });
  await expect(item).toHaveAttribute('aria-disabled', 'true');
  await expect(item).toContainText('Your role does not let you change visits');
  await expectAccessible(page);
  await expect(page.getByRole('menuitem', { name: /Mark as done/ })).toContainText('Your role does not let you change visits');
  await picture(page, 'read-only-menu');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('settings');
  await expect(page.getByRole('option', { name: /Practice settings/ })).toContainText('Only an administrator');
  await page.keyboard.press('Enter');
  await expect(messages(page)).toContainText('Only an administrator of the practice can do this.');
});

test('an administrator adds a person, changes roles, and takes somebody out of use', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Add a person' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type('Ludo Wren');
  await page.getByRole('checkbox', { name: /^Clinical Staff/ }).check();
  await page.getByRole('combobox', { name: 'Where Clinical Staff counts' }).selectOption('chosen');
  await expect(page.getByRole('button', { name: 'Add', exact: true })).toBeDisabled();
  await page.getByRole('group', { name: 'Where Clinical Staff counts' }).getByLabel('Hilltop').check();
  await page.getByLabel('First passphrase').fill('three calm words');
  await picture(page, 'people-add');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const row = page.getByRole('button', { name: /Ludo Wren/ });
  await expect(row).toContainText('Clinical Staff (Hilltop) · Front Desk');
  await expect(page.getByRole('button', { name: 'Add a person' })).toBeFocused();

  await row.click();
  await page.getByRole('checkbox', { name: 'In use' }).uncheck();
  await expect(page.getByText('Once saved they cannot sign in')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(row).toContainText('not in use');
  await expect(row).toBeFocused();

  await row.click();
  await page.getByRole('button', { name: 'New passphrase…' }).click();
  await page.getByLabel('New passphrase').fill('another few words');
  await page.keyboard.press('Enter');
  await expect(row).toContainText('Read Only');
});

test('the table of permissions is walked with arrows and marks what changed', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'People' }).click();
  const cancel = page.getByRole('row', { name: /Cancel visits/i });
  await expect(cancel.getByRole('checkbox', { name: /^Super Admin/ })).toBeDisabled();
  const staff = cancel.getByRole('checkbox', { name: 'Clinical Staff: cancel visits' });
  await expect(staff).not.toBeChecked();
  await page.getByRole('checkbox', { name: 'Clinic Admin: see the calendar' }).focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect(staff).toBeFocused();
  await page.keyboard.press('Space');
  await expect(staff).toBeChecked();
  await expect(cancel).toContainText('changed');
  await expect(staff).toBeFocused();
  await page.keyboard.press('Space');
  await expect(cancel).not.toContainText('changed');
});

test('whose role may not even see the calendar sees why, and no patient', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('checkbox', { name: 'Read Only: see the calendar' }).uncheck();
  await page.keyboard.press('Control+Shift+l');
  await page.keyboard.type('bo');
  await page.keyboard.press('Enter');
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Your role does not let you see the calendar.' })).toBeVisible();
  await expectNoPatients(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('rivera');
  await expect(page.getByRole('dialog')).toContainText('Your role does not let you see the calendar.');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /conflicts? needs? attention/ }).click();
  await expect(messages(page)).toContainText('Your role does not let you see the calendar.');
});

test('removes a workstation after saying what that does', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Remove Old laptop' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove Old laptop?' });
  await expect(dialog).toContainText('the practice’s key is changed');
  await expectAccessible(page);
  await picture(page, 'people-remove-workstation');
  await dialog.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByRole('button', { name: 'Remove Old laptop' })).toHaveCount(0);
  await page.getByRole('combobox', { name: /Lock this desk after/ }).selectOption('5');
  await expect(page.getByRole('combobox', { name: /Lock this desk after/ })).toHaveValue('5');
});

test('what was set aside is let in with a reason', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'People' }).click();
  const aside = page.getByRole('region', { name: 'Set aside' });
  await expect(aside.getByRole('button')).toHaveCount(1);
  await aside.getByRole('button', { name: /^Let in: Book a visit/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Let this in?' });
  await expectAccessible(page);
  await picture(page, 'people-let-in');
  await page.keyboard.type('asked for by the doctor');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(aside).toContainText('let in by Mara Reyes: asked for by the doctor');
  await aside.scrollIntoViewIfNeeded();
  await expectAccessible(page);
  await picture(page, 'people-set-aside');
});

test('a recovery kit is shown once and prints a part a page', async ({ page }) => {
  await openDay(page);
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Make a kit…' }).click();
  await expect(page.getByLabel('Parts')).toBeFocused();
  await page.getByRole('button', { name: 'Make it' }).click();
  const dialog = page.getByRole('dialog', { name: 'Recovery kit A3F019' });
  await expect(dialog.getByTestId('part')).toHaveCount(3);
  await expectAccessible(page);
  await picture(page, 'recovery-kit');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByTestId('part').first()).toBeVisible();
  await expect(page.getByText('Any two parts of this kit').first()).toBeVisible();
  await picture(page, 'recovery-kit-print');
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
  await expect(page.getByRole('heading', { name: 'People' })).toBeHidden();
  const pages = (await page.pdf()).toString('latin1').match(/\/Type\s*\/Page\b/g);
  expect(pages).toHaveLength(3);
  await page.emulateMedia({ media: 'screen' });
  await dialog.getByRole('button', { name: 'I have it on paper' }).click();
  await expect(page.getByRole('region', { name: 'Recovery kit' })).toContainText('Kit A3F019, 3 parts, made on');
  await expect(page.getByTestId('part')).toHaveCount(0);
});

test('the second factor is set up with a phone and asked for', async ({ page }) => {
  await openDay(page);
  await page.getByRole('button', { name: /theme, density, settings/ }).click();
  await page.getByRole('menuitem', { name: /Second factor/ }).click();
  await expect(page.getByTestId('secret')).toBeVisible();
  await expect(page.getByLabel('Code')).toBeFocused();
  await expectAccessible(page);
  await picture(page, 'second-factor');
  await page.keyboard.type(CODE);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('backup-codes').getByRole('listitem')).toHaveCount(4);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await lock(page);
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Code')).toBeFocused();
  await expectAccessible(page);
  await picture(page, 'sign-in-code');
  await page.keyboard.type(CODE);
  await page.keyboard.press('Enter');
  await expect(visits(page).first()).toBeVisible();
  await lock(page);
  await page.getByRole('button', { name: 'Passphrase forgotten?' }).click();
  await expect(page.getByLabel('One part')).toBeFocused();
  await expectAccessible(page);
  await picture(page, 'sign-in-kit');
});

test('emergency access lets somebody book, says until when, and is given back', async ({ page }) => {
  await openDay(page, 'light', 'read-only');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('emergency');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Emergency access' });
  await expect(dialog).toContainText('lasts an hour');
  await expect(dialog).toContainText('Everybody in the practice is told');
  await page.keyboard.type('ill');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('Say in a few words');
  await page.keyboard.type(' colleague, patient bleeds');
  await page.keyboard.press('Enter');
  const bar = page.getByRole('region', { name: 'Emergency access' });
  await expect(bar).toContainText('Emergency access until 11:24');
  await page.keyboard.press('n');
  await expect(page.getByRole('combobox', { name: 'Patient' })).toBeFocused();
  await bar.getByRole('button', { name: 'give back' }).click();
  await expect(bar).toHaveCount(0);
});

test('the privacy screen shows initials on cards and lists, and opens them by name', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await openDay(page);
  const name = (await visits(page).nth(6).getAttribute('aria-label'))!.split(',').slice(0, 2).join(',');
  await page.keyboard.press('Control+Shift+h');
  const text = await page.evaluate(() => document.documentElement.outerHTML);
  for (const patient of PATIENTS) expect(text, patient.name).not.toContain(patient.name);
  await page.getByRole('button', { name: /Needs attention/ }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
  const tray = await page.evaluate(() => document.documentElement.outerHTML);
  for (const patient of PATIENTS) expect(tray, patient.name).not.toContain(patient.name);
  await expectAccessible(page);
  await picture(page, 'privacy-1920');
  await page.keyboard.press('Escape');
  await visits(page).nth(6).click();
  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible();
  await page.keyboard.press('c');
  // It stays over a lock.
  await lock(page);
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(visits(page).first()).toBeVisible();
  await expect(visits(page).first()).toHaveAttribute('aria-label', /^[A-Z]\. [A-Z]\.,/);
  await page.getByRole('button', { name: 'Privacy screen' }).click();
  await expect(visits(page).first()).not.toHaveAttribute('aria-label', /^[A-Z]\. [A-Z]\.,/);
});

test('chooses a passphrase', async ({ page }) => {
  await openDay(page);
  await page.getByRole('button', { name: /theme, density, settings/ }).click();
  await page.getByRole('menuitem', { name: /Choose passphrase/ }).click();
  await expect(page.getByLabel('Passphrase so far')).toBeFocused();
  await page.keyboard.type('wrong');
  await page.getByLabel('New passphrase').fill('four words are good');
  await page.getByLabel('Once more').fill('four words are good');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText('This is not your passphrase so far.');
  await page.getByLabel('Passphrase so far').fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(messages(page)).toContainText('Your passphrase is chosen');
});

test('with nobody who has a passphrase the desk is open, says how to lock it, and warns', async ({ page }) => {
  await openDay(page, 'light', 'no-log-ins');
  await page.keyboard.press('Control+l');
  await expect(messages(page)).toContainText('You have no passphrase to come back with.');
  await messages(page).getByRole('button', { name: 'Choose passphrase…' }).click();
  await expect(page.getByRole('dialog', { name: 'Choose passphrase' }).getByLabel('New passphrase')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'People' }).click();
  await expect(page.getByText('You have no passphrase yet, so this desk opens without asking')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'people-no-passphrase');
});

for (const theme of ['light', 'dark'] as Theme[]) {
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
  ] as const) {
    test(`looks: ${theme}, ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await open(page, 'sign-in', theme);
      await expect(page.getByRole('listbox')).toBeFocused();
      await page.keyboard.press('ArrowDown');
      await expectAccessible(page);
      await picture(page, `sign-in-${width}-${theme}`);
      await page.getByRole('option', { name: 'Mara Reyes' }).click();
      await page.keyboard.type(PASSPHRASE);
      await page.keyboard.press('Enter');
      await expect(visits(page).first()).toBeVisible();

      await page.getByRole('button', { name: /theme, density, settings/ }).click();
      await expect(page.getByRole('menu')).toBeVisible();
      await expectAccessible(page);
      await picture(page, `person-${width}-${theme}`);
      for (const item of ['Choose passphrase', 'PIN for this shift', 'Emergency access'] as const) {
        if ((await page.getByRole('menu').count()) === 0) await page.getByRole('button', { name: /theme, density, settings/ }).click();
        await page.getByRole('menuitem', { name: new RegExp(item) }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        await expectAccessible(page);
        await picture(page, `${item.toLowerCase().replaceAll(' ', '-')}-${width}-${theme}`);
        if (item !== 'Emergency access') await page.keyboard.press('Escape');
      }
      await page.keyboard.type('Nobody else is here');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('region', { name: 'Emergency access' })).toBeVisible();
      await expectAccessible(page);
      await picture(page, `emergency-bar-${width}-${theme}`);

      await page.keyboard.press('Control+,');
      await page.getByRole('tab', { name: 'People' }).click();
      await expect(page.getByRole('table')).toBeVisible();
      await page.getByRole('checkbox', { name: 'Billing: see the figures' }).check();
      await expectAccessible(page);
      await picture(page, `people-${width}-${theme}`);
      await page.getByRole('heading', { name: 'Set aside' }).scrollIntoViewIfNeeded();
      await picture(page, `people-end-${width}-${theme}`);
      await page.getByRole('button', { name: /Dr Mei Chen/ }).click();
      await expectAccessible(page);
      await picture(page, `person-form-${width}-${theme}`);
    });
  }
}
