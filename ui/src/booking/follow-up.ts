/** The visit that usually comes after another: offered with one key, with patient, type and date filled in. */

import type { AppointmentCard, AppointmentTypeView } from '../desk/api';
import { failureOf } from '../desk/host';
import { addDays } from '../shared/dates';
import type { ToastAction } from '../shell/toasts.svelte';
import type { View } from '../shell/view.svelte';
import { t } from '../words/words';
import { chosenOf } from './booking.svelte';

export interface FollowUp {
  type: AppointmentTypeView;
  weeks: number;
}

/** What the type of a visit says comes next, if that is still in use. */
export function followUpOf(view: View, card: AppointmentCard): FollowUp | null {
  const { appointment_types: types } = view.mirror.roster;
  const next = types.find((one) => one.id === card.appointment_type)?.follow_up;
  const type = next && types.find((one) => one.id === next.appointment_type && one.is_active);
  return type ? { type, weeks: next.weeks } : null;
}

export const followUpWords = ({ type, weeks }: FollowUp): string => t('follow-up-words', { name: type.name, weeks });

/** For a message: books what comes next, if the person here may. */
export function followUpOffer(view: View, card: AppointmentCard): ToastAction | null {
  const next = followUpOf(view, card);
  if (!next || view.lacks('booking:create_appointment') !== null) return null;
  return { label: followUpWords(next), run: () => void startFollowUp(view, card) };
}

/** Opens a booking of it, with openings from its day on. */
export async function startFollowUp(view: View, card: AppointmentCard): Promise<void> {
  const next = followUpOf(view, card);
  if (!next) return;
  try {
    const { patient } = await view.mirror.desk.call('patient', { id: card.patient });
    const due = addDays(card.date, 7 * next.weeks);
    // A visit of last year is followed from today on.
    const from = due > view.today ? due : view.today;
    view.goTo(from);
    const booking = view.startBooking(null);
    booking.location = card.location;
    await booking.clearPlace();
    await booking.choosePatient(chosenOf(patient));
    await booking.chooseType(next.type);
    await booking.look(from);
    view.say(t('follow-up-begun', { name: view.nameOf(patient.name), next: followUpWords(next), count: booking.openings?.length ?? 0 }));
    view.focusInspector();
  } catch (thrown) {
    const { error } = failureOf(thrown);
    view.toasts.show('trouble', error.message, error.hint);
    view.alarm(`${error.message} ${error.hint}`);
  }
}
