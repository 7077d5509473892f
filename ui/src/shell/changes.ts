/** What a person does to visits, as desk calls: shown at once, put back if refused, with a way through and a way back. */

import type { AppointmentCard, AppointmentChanged, Leave, Status } from '../desk/api';
import { DeskFailure, failureOf } from '../desk/host';
import { nothing } from '../desk/client';
import { followUpOffer } from '../booking/follow-up';
import { dayMonthWords, timeWords, wallTime } from '../shared/dates';
import { t } from '../words/words';
import type { ToastAction } from './toasts.svelte';
import type { LeaveAnswer, View } from './view.svelte';

export const NO_LEAVE: Leave = { acknowledge_warnings: false, override_reason: null };

/** The person saw what stands in the way and left it. */
export class LeftAlone extends Error {}

/**
 * Asks the desk; where rules stand in the way and may be passed, asks the person and tries once more.
 * Throws {@link LeftAlone} if the person thinks better of it.
 */
export async function withLeave<T>(view: View, run: (leave: Leave) => Promise<T>): Promise<T> {
  try {
    return await run(NO_LEAVE);
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (!failure.error.way_through) throw failure;
    const answer = await new Promise<LeaveAnswer | null>((resolve) => {
      view.dialog = { kind: 'leave', error: failure.error, resolve };
    });
    if (!answer) throw new LeftAlone();
    return await run(answer);
  }
}

/** Says what went wrong, where it can be read and heard. */
export function tell(view: View, thrown: unknown): void {
  if (thrown instanceof LeftAlone) {
    view.say(t('announce-left-alone'));
    return;
  }
  const { error } = failureOf(thrown);
  view.toasts.show('trouble', error.message, error.hint);
  view.alarm(`${error.message} ${error.hint}`);
}

/** After a change: when it was kept, the way back, and what could come next. */
export function done(view: View, words: string, next: ToastAction | null = null): void {
  view.noteSaved();
  view.toasts.show('done', words, '', { label: t('undo'), run: () => void undo(view) }, next);
  view.say(next ? `${words} ${t('follow-up-offer', { next: next.label })}` : words);
}

export interface MoveTo {
  date: string;
  minute: number;
  /** The clock shows that minute twice on that day, and the second is meant. */
  later?: boolean;
  operatory: string;
  provider?: string | null;
  /** Somebody else for the part that needs a second provider. */
  second?: string | null;
}

/**
 * Where the visit's provider is the usual one of the chair it leaves, the usual one of the new chair takes over only
 * if the person says so; by itself a visit keeps its provider.
 */
export async function move(view: View, card: AppointmentCard, to: MoveTo): Promise<boolean> {
  const operatory = view.mirror.roster.operatories.find((one) => one.id === to.operatory);
  const shown: AppointmentCard = {
    ...card,
    date: to.date,
    start_minute: to.minute,
    later_of_two: to.later ?? false,
    operatory: to.operatory,
    location: operatory?.location ?? card.location,
    provider: to.provider ?? card.provider,
    ...(to.second ? { second_provider: to.second } : {}),
  };
  const answer = withLeave(view, (leave) =>
    view.mirror.desk.call('move_appointment', {
      id: card.id,
      at: wallTime(to.date, to.minute),
      later_of_two: to.later ?? false,
      operatory: to.operatory,
      provider: to.provider ?? null,
      second_provider: to.second ?? null,
      leave,
    }),
  );
  return settle(view, view.mirror.optimistic(shown, answer), (changed) =>
    t('done-moved', {
      patient: view.nameOf(changed.appointment.patient_name),
      when: whenWords(view, changed.appointment),
      operatory: operatory?.name ?? '',
    }),
  );
}

/**
 * The first of two visits that change places is kept; with the second it is done. In providers' columns they change providers, too:
 * there a column is whose the visit is.
 */
export async function swap(view: View, card: AppointmentCard): Promise<void> {
  const first = view.swapping;
  if (!first || first.id === card.id) {
    view.swapping = first ? null : { id: card.id, name: view.nameOf(card.patient_name) };
    view.say(first ? t('announce-left-alone') : t('announce-swap-with', { patient: view.nameOf(card.patient_name) }));
    return;
  }
  view.swapping = null;
  try {
    const swapped = await withLeave(view, (leave) =>
      view.mirror.desk.call('swap_appointments', { id: first.id, with: card.id, with_providers: view.showing.columns[0]?.kind === 'provider', leave }),
    );
    for (const appointment of swapped.appointments) view.mirror.accept({ ...swapped, appointment });
    const [one, other] = swapped.appointments;
    if (one && other) {
      done(view, t('done-swapped', {
        patient: view.nameOf(one.patient_name), when: whenWords(view, one), other: view.nameOf(other.patient_name), otherWhen: whenWords(view, other),
      }));
    }
  } catch (thrown) {
    tell(view, thrown);
  }
}

export async function resize(view: View, card: AppointmentCard, length: number): Promise<boolean> {
  const answer = withLeave(view, (leave) =>
    view.mirror.desk.call('change_length', { id: card.id, length_minutes: length, leave }),
  );
  return settle(view, view.mirror.optimistic({ ...card, length_minutes: length }, answer), (changed) =>
    t('done-resized', { patient: view.nameOf(changed.appointment.patient_name), minutes: changed.appointment.length_minutes }),
  );
}

export async function setStatus(view: View, card: AppointmentCard, status: Status): Promise<boolean> {
  const answer = withLeave(view, (leave) =>
    view.mirror.desk.call('set_status', { id: card.id, status, doctor_needed: null, leave }),
  );
  return settle(
    view,
    view.mirror.optimistic({ ...card, status }, answer),
    (changed) => t('done-status', { patient: view.nameOf(changed.appointment.patient_name), status: t(`status-${changed.appointment.status}`) }),
    // The patient stands at the counter: what comes next is one key away.
    (changed) => (['completed', 'checked_out'].includes(changed.appointment.status) ? followUpOffer(view, changed.appointment) : null),
  );
}

/** Puts a visit on the pinboard; it keeps its time until it has a new one. */
export async function pin(view: View, card: AppointmentCard): Promise<void> {
  await onPinboard(view, view.mirror.desk.call('pin_appointment', { id: card.id, reason: '' }), 'done-pinned');
}

/** It stays where it is. */
export async function unpin(view: View, card: AppointmentCard): Promise<void> {
  await onPinboard(view, view.mirror.desk.call('unpin_appointment', { id: card.id }), 'done-unpinned');
}

async function onPinboard(view: View, answer: Promise<AppointmentChanged>, message: string): Promise<void> {
  try {
    const changed = await answer;
    view.mirror.accept(changed);
    done(view, t(message, { patient: view.nameOf(changed.appointment.patient_name) }));
  } catch (thrown) {
    tell(view, thrown);
  }
}

export async function setDoctorNeeded(view: View, card: AppointmentCard, needed: boolean): Promise<boolean> {
  const answer = view.mirror.desk.call('set_status', {
    id: card.id,
    status: card.status,
    doctor_needed: needed,
    leave: NO_LEAVE,
  });
  return settle(view, view.mirror.optimistic({ ...card, doctor_needed: needed }, answer), (changed) =>
    t(needed ? 'done-doctor-called' : 'done-doctor-not-needed', { patient: view.nameOf(changed.appointment.patient_name) }),
  );
}

export async function cancel(view: View, card: AppointmentCard, reason: string): Promise<boolean> {
  const answer = view.mirror.desk.call('cancel_appointment', { id: card.id, reason });
  return settle(view, view.mirror.optimistic({ ...card, status: 'cancelled' }, answer), (changed) =>
    t('done-cancelled', { patient: view.nameOf(changed.appointment.patient_name) }),
  );
}

/** What is done beside its own type; a length that does not fit is asked about, like a visit made longer. */
export async function setProcedures(view: View, card: AppointmentCard, also: string[]): Promise<boolean> {
  const answer = withLeave(view, (leave) => view.mirror.desk.call('change_procedures', { id: card.id, also, leave }));
  return settle(view, view.mirror.optimistic({ ...card, also }, answer), ({ appointment }) =>
    t('done-procedures', { patient: view.nameOf(appointment.patient_name), minutes: appointment.length_minutes }),
  );
}

/** Somebody else comes for the part of the visit that needs a second provider, or nobody. */
export async function setSecond(view: View, card: AppointmentCard, second: string | null): Promise<boolean> {
  const answer = withLeave(view, (leave) =>
    view.mirror.desk.call('move_appointment', { id: card.id, later_of_two: false, second_provider: second, no_second_provider: second === null, leave }),
  );
  const { second_provider: _, ...alone } = card;
  const shown = second === null ? alone : { ...card, second_provider: second };
  const name = view.mirror.roster.providers.find((one) => one.id === second)?.short_name ?? '';
  return settle(view, view.mirror.optimistic(shown, answer), ({ appointment }) => {
    const patient = view.nameOf(appointment.patient_name);
    return second === null ? t('done-second-nobody', { patient }) : t('done-second', { patient, name });
  });
}

export async function setAsap(view: View, card: AppointmentCard, isAsap: boolean): Promise<boolean> {
  const answer = view.mirror.desk.call('edit_appointment', { id: card.id, note: null, is_asap: isAsap });
  return settle(view, view.mirror.optimistic({ ...card, is_asap: isAsap }, answer), (changed) =>
    t(isAsap ? 'done-asap' : 'done-not-asap', { patient: view.nameOf(changed.appointment.patient_name) }),
  );
}

/** Asks the patient to come so many minutes before the visit; 0 takes it back. */
export async function setEarly(view: View, card: AppointmentCard, minutes: number): Promise<boolean> {
  const answer = view.mirror.desk.call('edit_appointment', { id: card.id, note: null, is_asap: null, arrive_early_minutes: minutes });
  return settle(view, view.mirror.optimistic({ ...card, arrive_early_minutes: minutes }, answer), (changed) =>
    t(minutes > 0 ? 'done-early' : 'done-not-early', { patient: view.nameOf(changed.appointment.patient_name), minutes }),
  );
}

async function settle(
  view: View,
  answer: Promise<AppointmentChanged>,
  words: (changed: AppointmentChanged) => string,
  next: (changed: AppointmentChanged) => ToastAction | null = () => null,
): Promise<boolean> {
  try {
    const changed = await answer;
    done(view, words(changed), next(changed));
    return true;
  } catch (thrown) {
    tell(view, thrown);
    return false;
  }
}

export async function undo(view: View): Promise<void> {
  await takeBack(view, 'undo');
}

export async function redo(view: View): Promise<void> {
  await takeBack(view, 'redo');
}

async function takeBack(view: View, which: 'undo' | 'redo'): Promise<void> {
  try {
    await view.mirror.settled();
    const undone = await view.mirror.desk.call(which, nothing);
    view.mirror.undo = undone.undo;
    view.noteSaved();
    view.toasts.show('done', undone.words, '', {
      label: t(which === 'undo' ? 'redo' : 'undo'),
      run: () => void takeBack(view, which === 'undo' ? 'redo' : 'undo'),
    });
    view.say(undone.words);
    if (undone.appointment) await showWhere(view, undone.appointment);
  } catch (thrown) {
    tell(view, thrown);
  }
}

/** Shows where a visit went: on the sheet if it is on a kept day, else by asking. A visit that is gone shows nothing. */
export async function showWhere(view: View, id: string): Promise<void> {
  const known = view.mirror.card(id);
  if (known) {
    await view.reveal(known);
    return;
  }
  try {
    const { card } = await view.mirror.desk.call('appointment', { id });
    await view.reveal(card);
  } catch (thrown) {
    if (!(thrown instanceof DeskFailure)) throw thrown;
    if (view.selected === id) view.selected = null;
  }
}

/** `14:20`, or `Thu 26 Nov 14:20` on another day than the one on the screen. */
export function whenWords(view: View, card: AppointmentCard): string {
  const time = timeWords(card.start_minute);
  return card.date === view.date ? time : `${dayMonthWords(card.date)} ${time}`;
}
