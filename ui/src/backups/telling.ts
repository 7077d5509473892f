/** A backup that failed by itself: said where it can be read and heard, with the way to where it can be mended. */

import { lacking } from '../actions/needs';
import type { View } from '../shell/view.svelte';
import { t } from '../words/words';

export function tellBackup(view: View, trouble: string): void {
  // Whoever looks at it already is told there.
  if (view.page === 'settings' && view.settingsPage === 'backups') return;
  const mayMend = lacking('administrator', view.mirror.session) === null;
  const hint = mayMend ? trouble : `${trouble} ${t('backup-tell-administrator')}`;
  view.toasts.show('trouble', t('backup-failed'), hint, mayMend ? { label: t('action-backups'), run: () => view.openSettings('backups') } : null);
  view.alarm(`${t('backup-failed')} ${hint}`);
}
