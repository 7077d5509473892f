// Cancelling: a reason by its number, or in words that may begin with a number.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import CancelDialog from './CancelDialog.svelte';

async function open() {
  const { view, asked } = await openView();
  const card = view.sheet!.appointments.find((one) => one.status === 'scheduled')!;
  view.dialog = { kind: 'cancel', card };
  mountIn(view, CancelDialog, { card });
  const cancelled = () => asked.find((one) => one.name === 'cancel_appointment')?.request as { reason: string } | undefined;
  const reasons = view.mirror.practice!.cancel_reasons;
  return { view, cancelled, reasons, user: userEvent.setup(), field: screen.getByLabelText('Another reason') };
}

it('takes words that begin with a number whole', async () => {
  const { view, user, cancelled, field } = await open();
  expect(field).toHaveFocus();
  await user.keyboard('2');
  expect([cancelled(), view.dialog?.kind]).toEqual([undefined, 'cancel']);
  await user.keyboard(' siblings ill{Enter}');
  await waitFor(() => expect(cancelled()?.reason).toBe('2 siblings ill'));
});

it('takes the number of a reason, and says which that is before Enter', async () => {
  const { user, cancelled, reasons, field } = await open();
  await user.keyboard('2');
  expect(field).toHaveAccessibleDescription(`Enter: ${reasons[1]}`);
  await user.keyboard('{Enter}');
  await waitFor(() => expect(cancelled()?.reason).toBe(reasons[1]));
});

it('takes a reason that is clicked at once', async () => {
  const { user, cancelled, reasons } = await open();
  await user.click(screen.getByRole('button', { name: new RegExp(reasons[2]!) }));
  await waitFor(() => expect(cancelled()?.reason).toBe(reasons[2]));
});
