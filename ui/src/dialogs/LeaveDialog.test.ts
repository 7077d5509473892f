// A rule that refuses is overridden by whoever may; who may not is told so, and can only leave it.
import { screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { DeskError } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import type { LeaveAnswer } from '../shell/view.svelte';
import LeaveDialog from './LeaveDialog.svelte';

const error: DeskError = { code: 'refused', message: 'Op 2 is taken 9:00–9:40', hint: '', way_through: 'override' };

async function open(may: boolean) {
  const { view } = await openView('calm');
  const session = view.mirror.session!;
  if (!may) view.mirror.session = { ...session, may: session.may.filter((one) => one !== 'booking:override_rules') };
  const answers: (LeaveAnswer | null)[] = [];
  mountIn(view, LeaveDialog, { error, resolve: (answer) => answers.push(answer) });
  return { answers, user: userEvent.setup() };
}

describe('a rule that refuses', () => {
  it('is overridden with a reason', async () => {
    const { answers, user } = await open(true);
    await user.type(screen.getByLabelText('Why do it anyway?'), 'she drove two hours');
    await user.click(screen.getByRole('button', { name: 'Do it anyway' }));
    expect(answers).toEqual([{ acknowledge_warnings: true, override_reason: 'she drove two hours' }]);
  });

  it('is left by who may not override it', async () => {
    const { answers, user } = await open(false);
    expect(screen.getByText('Your role does not let you override a rule that refuses.')).toBeVisible();
    expect(screen.queryByLabelText('Why do it anyway?')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Do it anyway' })).toBeNull();
    await user.keyboard('{Enter}');
    expect(answers.filter((one) => one !== null)).toEqual([]);
  });
});
