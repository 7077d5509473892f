/** Opens what can be done with several visits of a series, from one of them. */

import type { AppointmentCard } from '../desk/api';
import { tell } from '../shell/changes';
import type { View } from '../shell/view.svelte';
import { t } from '../words/words';

export async function changeSeries(view: View, card: AppointmentCard): Promise<void> {
  try {
    const detail = await view.mirror.desk.call('appointment', { id: card.id });
    // Somebody has gone on to another visit or opened something meanwhile.
    if (view.selectedCard?.id !== card.id || view.dialog !== null) return;
    if (detail.series) view.dialog = { kind: 'series_change', card: detail.card, series: detail.series };
    else view.alarm(t('series-none', { patient: view.nameOf(card.patient_name) }));
  } catch (thrown) {
    tell(view, thrown);
  }
}
