// Enter does what the dialog says it does, also from a list of choices: WebKitGTK would open the list, Chromium nothing.
import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import PrintDialog from './PrintDialog.svelte';

it('is submitted from its first list', async () => {
  const { view, asked, hold } = await openView();
  hold('print_day_sheet');
  mountIn(view, PrintDialog, {});
  screen.getByLabelText('What').focus();
  await userEvent.keyboard('{Enter}');
  expect(asked.filter((one) => one.name === 'print_day_sheet')).toHaveLength(1);
});

it('is not while it cannot be', async () => {
  const { view, asked } = await openView();
  mountIn(view, PrintDialog, {});
  await userEvent.clear(screen.getByLabelText('Date'));
  screen.getByLabelText('What').focus();
  await userEvent.keyboard('{Enter}');
  expect(asked.filter((one) => one.name === 'print_day_sheet')).toHaveLength(0);
});
