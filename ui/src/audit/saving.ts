/** Takes the audit out as a file, where the person says. */

import type { AuditExport } from '../desk/api';
import { tell } from '../shell/changes';
import type { View } from '../shell/view.svelte';
import { t } from '../words/words';

export async function saveAudit(view: View, what: AuditExport): Promise<void> {
  try {
    const file = await view.mirror.desk.call('audit_export', what);
    if (!(await view.mirror.desk.host.saveFile(file.name, file.text))) return;
    const words = t('audit-saved', { name: file.name, count: file.entries });
    view.toasts.show('done', words, t('audit-saved-hint'));
    view.say(words);
  } catch (thrown) {
    tell(view, thrown);
  } finally {
    view.mirror.progress.delete('audit_export');
  }
}
