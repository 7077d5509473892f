/** A backup or a downtime pack that failed by itself: said where it can be read and heard, with the way to where it can be mended. */

import { lacking } from '../actions/needs';
import type { View } from '../shell/view.svelte';
import { t } from '../words/words';

export const tellBackup = (view: View, trouble: string): void => told(view, trouble, t('backup-failed'));

export const tellDowntime = (view: View, trouble: string): void => told(view, trouble, t('downtime-failed'));

function told(view: View, trouble: string, title: string): void {
  // Whoever looks at it already is told there.
  if (view.page === 'settings' && view.settingsPage === 'backups') return;
  const mayMend = lacking('administrator', view.mirror.session) === null;
  const hint = mayMend ? trouble : `${trouble} ${t('backup-tell-administrator')}`;
  view.toasts.show('trouble', title, hint, mayMend ? { label: t('action-backups'), run: () => view.openSettings('backups') } : null);
  view.alarm(`${title} ${hint}`);
}
