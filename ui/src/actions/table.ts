/** One table of actions. Menus, buttons, the palette, the shortcuts and the help sheet all come from here. */

import type { SlotCard, Status } from '../desk/api';
import type { IconName } from '../shared/icons';
import { t } from '../words/words';
import * as clipboard from '../shell/clipboard';
import * as changes from '../shell/changes';
import { SPANS } from '../shell/columns-of';
import { endEmergency, lock, switchPerson } from '../shell/seat';
import type { View } from '../shell/view.svelte';
import { mayOpen, TEMPLATE_ACTIONS } from '../templates/actions';
import { followUpOf, startFollowUp } from '../booking/follow-up';
import { changeSeries } from '../series/open';
import { slotAt } from '../templates/day-slots';
import { analyticsNeed, applyNeed } from '../templates/needs';
import type { Need } from './needs';
import { nextStatuses } from './steps';

export type ActionGroup = 'visit' | 'booking' | 'day' | 'go' | 'template' | 'practice' | 'screen' | 'person';

export interface Action {
  id: string;
  /** Message id of its name. */
  label: string;
  /** The first is shown. */
  keys: string[];
  icon: IconName;
  group: ActionGroup;
  /** Also while a text field has the focus. */
  whileTyping?: boolean;
  /** Also while a dialog is open or a visit is in the hand. */
  isUrgent?: boolean;
  /** What one needs to be allowed it. Who lacks it finds it all the same, with the reason. */
  needs?: Need;
  /** Its keys count on this page only, and there before all others. */
  on?: 'templates';
  /** Not offered in the palette (it is the palette). */
  isSilent?: boolean;
  enabled(view: View): boolean;
  run(view: View): void;
}

const CREATE = 'booking:create_appointment';
const MODIFY = 'booking:modify_appointment';
const CANCEL = 'booking:cancel_appointment';

const always = (): boolean => true;
const hasVisit = (view: View): boolean => view.page !== 'settings' && view.selectedCard !== null;
const isPlanned = (view: View): boolean => ['scheduled', 'confirmed', 'arrived'].includes(view.selectedCard!.status);
/** Free time or a visit on the sheet has the focus, and no text is chosen: then Ctrl+C is about block-outs. */
const inGrid = (view: View): boolean =>
  view.page === 'calendar' && view.focusedPart === 'grid' && view.moving === null && (globalThis.getSelection?.()?.isCollapsed ?? true);
/** What is over or called off stays where it was. */
const NOT_MOVED: Status[] = ['cancelled', 'no_show', 'checked_out'];
const onDay = (view: View): boolean => view.page === 'calendar';

/** A template is shown, and one holds on the day of the cursor. */
const hasSlots = (view: View): boolean => {
  const { spot } = view;
  return onDay(view) && view.templates.isShown && spot !== null && (view.mirror.sheet(spot.location, spot.date)?.slots?.length ?? 0) > 0;
};
const slotHere = (view: View): SlotCard | null => {
  const { spot } = view;
  return spot && hasSlots(view) ? slotAt(view.mirror.sheet(spot.location, spot.date)?.slots, spot.operatory, spot.minute) : null;
};

const statusAction = (id: string, status: Status, key: string, icon: IconName): Action => ({
  id,
  label: `action-${id}`,
  keys: key ? [key] : [],
  icon,
  group: 'visit',
  needs: MODIFY,
  enabled: (view) => hasVisit(view) && nextStatuses(view.selectedCard!.status).includes(status),
  run: (view) => void changes.setStatus(view, view.selectedCard!, status),
});

export const ACTIONS: Action[] = [
  {
    id: 'new-booking',
    label: 'action-new-booking',
    keys: ['N'],
    icon: 'plus',
    group: 'booking',
    needs: CREATE,
    enabled: (view) => view.page !== 'templates',
    run: (view) => {
      view.startBooking(view.spot);
      view.focusInspector();
    },
  },
  { ...simple('family', [], 'plus', 'booking'), needs: CREATE, run: (view) => view.startFamily(null) },
  {
    id: 'move',
    label: 'action-move',
    keys: ['M'],
    icon: 'move',
    group: 'visit',
    needs: MODIFY,
    enabled: (view) => hasVisit(view) && view.moving === null,
    run: (view) => {
      const card = view.selectedCard!;
      view.grid?.focus();
      if (view.grid) view.grid.startMoving(card.id);
      else view.moving = { card: view.shown(card) };
    },
  },
  {
    id: 'move-usual-weeks',
    label: 'action-move-usual-weeks',
    keys: [],
    icon: 'forward',
    group: 'visit',
    needs: MODIFY,
    enabled: (view) => hasVisit(view) && view.moving === null,
    run: (view) => {
      const card = view.selectedCard!;
      view.moving = { card: view.shown(card) };
      view.step(7 * usualWeeks(view));
      view.focusGrid();
    },
  },
  {
    id: 'swap',
    label: 'action-swap',
    keys: ['Y'],
    icon: 'swap',
    group: 'visit',
    needs: MODIFY,
    enabled: (view) => hasVisit(view) && view.moving === null && !NOT_MOVED.includes(view.selectedCard!.status),
    run: (view) => void changes.swap(view, view.selectedCard!),
  },
  {
    id: 'follow-up',
    label: 'action-follow-up',
    keys: ['Shift+N'],
    icon: 'forward',
    group: 'visit',
    needs: CREATE,
    enabled: (view) => hasVisit(view) && followUpOf(view, view.selectedCard!) !== null,
    run: (view) => void startFollowUp(view, view.selectedCard!),
  },
  {
    id: 'change-series',
    label: 'action-change-series',
    keys: ['R'],
    icon: 'repeat',
    group: 'visit',
    needs: MODIFY,
    enabled: hasVisit,
    run: (view) => void changeSeries(view, view.selectedCard!),
  },
  statusAction('confirm', 'confirmed', 'C', 'status-confirmed'),
  statusAction('arrived', 'arrived', 'A', 'status-arrived'),
  statusAction('seated', 'seated', 'S', 'status-seated'),
  {
    id: 'doctor-needed',
    label: 'action-doctor-needed',
    keys: ['Q'],
    icon: 'warning',
    group: 'visit',
    needs: MODIFY,
    enabled: (view) => hasVisit(view) && view.selectedCard!.status === 'seated',
    run: (view) => void changes.setDoctorNeeded(view, view.selectedCard!, !view.selectedCard!.doctor_needed),
  },
  statusAction('done', 'completed', 'D', 'status-completed'),
  statusAction('checked-out', 'checked_out', 'O', 'status-checked_out'),
  statusAction('no-show', 'no_show', '', 'status-no_show'),
  {
    id: 'reopen',
    label: 'action-reopen',
    keys: [],
    icon: 'status-scheduled',
    group: 'visit',
    needs: MODIFY,
    enabled: (view) => hasVisit(view) && ['cancelled', 'no_show', 'confirmed', 'arrived'].includes(view.selectedCard!.status),
    run: (view) => void changes.setStatus(view, view.selectedCard!, 'scheduled'),
  },
  {
    id: 'cancel',
    label: 'action-cancel',
    keys: ['X'],
    icon: 'status-cancelled',
    group: 'visit',
    needs: CANCEL,
    enabled: (view) => hasVisit(view) && nextStatuses(view.selectedCard!.status).includes('cancelled'),
    run: (view) => (view.dialog = { kind: 'cancel', card: view.selectedCard! }),
  },
  {
    id: 'edit',
    label: 'action-edit',
    keys: ['E'],
    icon: 'edit',
    group: 'visit',
    needs: MODIFY,
    enabled: hasVisit,
    run: (view) => view.writeNote(),
  },
  {
    id: 'open-patient',
    label: 'action-open-patient',
    keys: [],
    icon: 'person',
    group: 'visit',
    enabled: hasVisit,
    run: (view) => view.openPatient(view.selectedCard!.patient),
  },
  {
    id: 'asap',
    label: 'action-asap',
    keys: [],
    icon: 'sooner',
    group: 'visit',
    needs: MODIFY,
    enabled: hasVisit,
    run: (view) => void changes.setAsap(view, view.selectedCard!, !view.selectedCard!.is_asap),
  },
  {
    id: 'pin',
    label: 'action-pin',
    keys: ['P'],
    icon: 'pinboard',
    group: 'visit',
    needs: MODIFY,
    enabled: (view) => hasVisit(view) && isPlanned(view) && !view.selectedCard!.needs_new_time,
    run: (view) => void changes.pin(view, view.selectedCard!),
  },
  {
    id: 'unpin',
    label: 'action-unpin',
    keys: [],
    icon: 'check',
    group: 'visit',
    needs: MODIFY,
    enabled: (view) => hasVisit(view) && !!view.selectedCard!.needs_new_time,
    run: (view) => void changes.unpin(view, view.selectedCard!),
  },
  {
    id: 'block',
    label: 'action-block',
    keys: ['B'],
    icon: 'block',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => onDay(view) && view.location !== null,
    run: (view) => (view.dialog = { kind: 'block', detail: null, spot: view.spot, length: null, date: view.spot?.date ?? view.date }),
  },
  {
    id: 'print',
    label: 'action-print',
    keys: ['Ctrl+P'],
    icon: 'print',
    group: 'day',
    whileTyping: true,
    needs: 'booking:view_calendar',
    enabled: (view) => view.location !== null,
    run: (view) => (view.dialog = { kind: 'print' }),
  },
  {
    id: 'paste-blocks',
    label: 'action-paste-blocks',
    keys: [],
    icon: 'copy',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => onDay(view) && view.location !== null,
    run: (view) => (view.dialog = { kind: 'paste', block: null }),
  },
  {
    id: 'copy',
    label: 'action-copy',
    keys: ['Ctrl+C'],
    icon: 'copy',
    group: 'day',
    enabled: (view) => inGrid(view) && (hasVisit(view) || clipboard.blockAtCursor(view) !== null),
    run: (view) => clipboard.copy(view),
  },
  {
    id: 'cut-block',
    label: 'action-cut-block',
    keys: ['Ctrl+X'],
    icon: 'block',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => inGrid(view) && clipboard.blockAtCursor(view) !== null,
    run: (view) => clipboard.take(view, true),
  },
  {
    id: 'paste',
    label: 'action-paste',
    keys: ['Ctrl+V'],
    icon: 'copy',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => inGrid(view) && view.clipboard !== null && view.spot !== null,
    run: (view) => void clipboard.paste(view),
  },
  {
    id: 'absence',
    label: 'action-absence',
    keys: [],
    icon: 'person',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => view.location !== null,
    run: (view) => (view.dialog = { kind: 'absence', target: null, from: null, changes: null }),
  },
  {
    id: 'absence-here',
    label: 'action-absence-here',
    keys: [],
    icon: 'person',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => onDay(view) && view.targetHere !== null,
    run: (view) => (view.dialog = { kind: 'absence', target: view.targetHere, from: null, changes: null }),
  },
  {
    id: 'ill-today',
    label: 'action-ill-today',
    keys: [],
    icon: 'person',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => view.location !== null,
    run: (view) => (view.dialog = { kind: 'absence', target: null, from: view.mirror.clock.at(view.location)?.minute ?? 0, changes: null }),
  },
  {
    id: 'reschedule',
    label: 'action-reschedule',
    keys: [],
    icon: 'move',
    group: 'day',
    needs: MODIFY,
    enabled: (view) => view.location !== null,
    run: (view) => (view.dialog = { kind: 'reschedule', provider: onDay(view) ? view.providerHere : null, date: view.date, visits: [] }),
  },
  {
    id: 'show-broken',
    label: 'action-show-broken',
    keys: [],
    icon: 'eye',
    group: 'day',
    enabled: onDay,
    run: (view) => (view.showBroken = !view.showBroken),
  },
  {
    ...simple('flow', ['H'], 'person', 'go'),
    needs: 'booking:view_calendar',
    run: (view) => {
      if (view.page === 'flow') return view.leavePage();
      view.page = 'flow';
      view.say(t('flow-title'));
      view.focusGrid();
    },
  },
  { ...simple('past', [], 'clock', 'go'), needs: 'booking:view_calendar', enabled: onDay, run: (view) => view.openPast() },
  {
    id: 'today',
    label: 'action-today',
    keys: ['T'],
    icon: 'calendar',
    group: 'go',
    enabled: always,
    run: (view) => {
      view.page = 'calendar';
      view.goTo(view.today);
      requestAnimationFrame(() => view.grid?.scrollToNow());
    },
  },
  ...SPANS.map(
    (span, at): Action => ({
      ...simple(`view-${span}`, [`Ctrl+${at + 1}`], 'calendar', 'go'),
      whileTyping: true,
      run: (view) => {
        view.setSpan(span);
        view.focusGrid();
      },
    }),
  ),
  {
    ...simple('find-visit', ['F'], 'search', 'go'),
    enabled: (view) => onDay(view) && view.showing.span !== 'month' && view.moving === null,
    run: (view) => (view.isFinding = true),
  },
  { ...simple('choose-columns', ['V'], 'columns', 'screen'), enabled: onDay, run: (view) => (view.isChoosingColumns = true) },
  { ...simple('name-view', [], 'columns', 'screen'), enabled: onDay, run: (view) => (view.dialog = { kind: 'name_view', key: null }) },
  turn('previous-day', '[', -1, 'left'),
  turn('next-day', ']', 1, 'right'),
  step('previous-week', 'Shift+[', -7, 'left'),
  step('next-week', 'Shift+]', 7, 'right'),
  {
    id: 'usual-weeks-on',
    label: 'action-usual-weeks-on',
    keys: ['W'],
    icon: 'forward',
    group: 'go',
    enabled: onDay,
    run: (view) => view.step(7 * usualWeeks(view)),
  },
  {
    id: 'go-to-date',
    label: 'action-go-to-date',
    keys: ['G'],
    icon: 'calendar',
    group: 'go',
    enabled: onDay,
    run: (view) => (view.dialog = { kind: 'go_to_date' }),
  },
  {
    id: 'conflicts',
    label: 'action-conflicts',
    keys: [],
    icon: 'warning',
    group: 'go',
    needs: 'booking:view_calendar',
    enabled: always,
    run: (view) => view.openConflicts(),
  },
  {
    id: 'pinboard',
    label: 'action-pinboard',
    keys: ['Shift+P'],
    icon: 'pinboard',
    group: 'go',
    needs: 'booking:view_calendar',
    enabled: always,
    run: (view) => view.openPinboard(),
  },
  {
    id: 'search',
    label: 'action-search',
    keys: ['Ctrl+K', '/'],
    icon: 'search',
    group: 'go',
    whileTyping: true,
    isSilent: true,
    enabled: always,
    run: (view) => (view.dialog = { kind: 'palette' }),
  },
  {
    id: 'undo',
    label: 'action-undo',
    keys: ['Ctrl+Z'],
    icon: 'undo',
    group: 'day',
    enabled: (view) => view.mirror.undo.undo !== null,
    run: (view) => void changes.undo(view),
  },
  {
    id: 'redo',
    label: 'action-redo',
    keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
    icon: 'redo',
    group: 'day',
    enabled: (view) => view.mirror.undo.redo !== null,
    run: (view) => void changes.redo(view),
  },
  {
    id: 'new-patient',
    label: 'action-new-patient',
    keys: [],
    icon: 'person',
    group: 'booking',
    needs: CREATE,
    enabled: always,
    run: (view) => (view.dialog = { kind: 'new_patient' }),
  },
  { ...simple('zoom-in', ['Ctrl+=', 'Ctrl++'], 'plus', 'screen'), whileTyping: true, run: (view) => view.zoom(1) },
  { ...simple('zoom-out', ['Ctrl+-'], 'minus', 'screen'), whileTyping: true, run: (view) => view.zoom(-1) },
  { ...simple('zoom-usual', ['Ctrl+0'], 'minus', 'screen'), whileTyping: true, run: (view) => view.zoom(0) },
  { ...simple('toggle-rail', ['Ctrl+B'], 'rail', 'screen'), run: (view) => view.toggleRail() },
  { ...simple('toggle-inspector', ['Ctrl+I'], 'inspector', 'screen'), run: (view) => view.toggleInspector() },
  { ...simple('theme', [], 'theme', 'screen'), run: (view) => nextTheme(view) },
  {
    ...simple('contrast', [], 'theme', 'screen'),
    run: (view) => view.keepPreferences({ more_contrast: !(view.mirror.preferences?.more_contrast ?? false) }),
  },
  { ...simple('density', [], 'rows', 'screen'), run: (view) => otherDensity(view) },
  {
    ...simple('templates', ['Ctrl+Shift+T'], 'columns', 'template'),
    enabled: mayOpen,
    run: (view) => view.templates.open('design'),
  },
  { ...simple('apply-template', [], 'forward', 'template'), needs: applyNeed, run: (view) => view.templates.open('apply') },
  { ...simple('template-figures', [], 'rows', 'template'), needs: analyticsNeed, run: (view) => view.templates.open('figures') },
  {
    ...simple('show-template', ['Shift+T'], 'eye', 'template'),
    enabled: onDay,
    run: (view) => {
      view.templates.toggleShown();
      view.say(t(view.templates.isShown ? 'announce-template-shown' : 'announce-template-hidden'));
    },
  },
  {
    ...simple('day-slot', [], 'edit', 'template'),
    needs: applyNeed,
    enabled: (view) => slotHere(view) !== null,
    run: (view) => {
      const { location, date, operatory, minute } = view.spot!;
      view.dialog = { kind: 'template', dialog: { kind: 'day_slot', location, date, slot: slotHere(view)!.id, operatory: operatory ?? '', minute } };
    },
  },
  {
    ...simple('day-slot-new', [], 'plus', 'template'),
    needs: applyNeed,
    enabled: (view) => hasSlots(view) && slotHere(view) === null && !!view.spot?.operatory,
    run: (view) => {
      const { location, date, operatory, minute } = view.spot!;
      view.dialog = { kind: 'template', dialog: { kind: 'day_slot', location, date, slot: null, operatory: operatory!, minute } };
    },
  },
  ...TEMPLATE_ACTIONS,
  { ...simple('settings', ['Ctrl+,'], 'settings', 'practice'), needs: 'administrator', run: (view) => (view.page = 'settings') },
  { ...simple('audit', [], 'eye', 'practice'), needs: 'administrator', run: (view) => view.openSettings('audit') },
  { ...simple('backups', [], 'copy', 'practice'), needs: 'administrator', run: (view) => view.openSettings('backups') },
  {
    ...simple('who-saw', [], 'eye', 'practice'),
    needs: 'administrator',
    enabled: (view) => patientOf(view) !== null,
    run: (view) => void whoSaw(view),
  },
  { ...simple('import', [], 'import', 'practice'), needs: 'administrator', run: (view) => (view.dialog = { kind: 'import' }) },
  { ...simple('invite', [], 'workstation', 'practice'), needs: 'administrator', run: (view) => (view.dialog = { kind: 'invite' }) },
  {
    ...simple('sync-now', [], 'sync', 'practice'),
    enabled: (view) => view.mirror.sync?.relay != null,
    run: (view) => void syncNow(view),
  },
  {
    ...simple('lock', ['Ctrl+L'], 'lock', 'person'),
    whileTyping: true,
    isUrgent: true,
    needs: 'way-back',
    run: (view) => void lock(view),
  },
  {
    ...simple('switch-person', ['Ctrl+Shift+L'], 'person', 'person'),
    whileTyping: true,
    isUrgent: true,
    needs: 'log-ins',
    run: (view) => void switchPerson(view),
  },
  {
    ...simple('privacy', ['Ctrl+Shift+H'], 'covered', 'person'),
    whileTyping: true,
    isUrgent: true,
    run: (view) => {
      view.keepPreferences({ is_private: !view.mirror.isPrivate });
      view.say(t(view.mirror.isPrivate ? 'announce-private' : 'announce-not-private'));
    },
  },
  { ...simple('choose-passphrase', [], 'key', 'person'), run: (view) => (view.dialog = { kind: 'passphrase' }) },
  { ...simple('second-factor', [], 'key', 'person'), run: (view) => (view.dialog = { kind: 'second_factor' }) },
  { ...simple('set-pin', [], 'pin', 'person'), needs: 'own-log-in', run: (view) => (view.dialog = { kind: 'pin' }) },
  {
    ...simple('emergency', [], 'warning', 'person'),
    enabled: (view) => view.mirror.session?.emergency_until == null,
    run: (view) => (view.dialog = { kind: 'emergency' }),
  },
  {
    ...simple('end-emergency', [], 'warning', 'person'),
    enabled: (view) => view.mirror.session?.emergency_until != null,
    run: (view) => void endEmergency(view),
  },
  { ...simple('help', ['?'], 'help', 'screen'), run: (view) => (view.dialog = { kind: 'help' }) },
];

export const action = (id: string): Action => {
  const found = ACTIONS.find((one) => one.id === id);
  if (!found) throw new Error(`there is no action ${id}`);
  return found;
};

/** Keys that the day sheet handles itself, for the help sheet. */
export const GRID_KEYS: { keys: string[]; label: string }[] = [
  { keys: ['↑', '↓', '←', '→'], label: 'grid-key-arrows' },
  { keys: ['Enter'], label: 'grid-key-enter' },
  { keys: ['Alt', '↑', '↓'], label: 'grid-key-nudge' },
  { keys: ['+', '-'], label: 'grid-key-length' },
  { keys: ['PgUp', 'PgDn'], label: 'grid-key-page' },
  { keys: ['F1', 'F12'], label: 'grid-key-views' },
  { keys: ['Shift', 'F1'], label: 'grid-key-keep-view' },
  { keys: ['Esc'], label: 'grid-key-escape' },
  { keys: ['Tab'], label: 'grid-key-tab' },
];

export const GROUPS: ActionGroup[] = ['visit', 'booking', 'day', 'go', 'template', 'screen', 'practice', 'person'];

function simple(id: string, keys: string[], icon: IconName, group: ActionGroup): Omit<Action, 'run'> {
  return { id, label: `action-${id}`, keys, icon, group, enabled: always };
}

function step(id: string, key: string, days: number, icon: IconName): Action {
  return {
    id,
    label: `action-${id}`,
    keys: [key],
    icon,
    group: 'go',
    enabled: onDay,
    run: (view) => view.step(days),
  };
}

function turn(id: string, key: string, pages: number, icon: IconName): Action {
  return { id, label: `action-${id}`, keys: [key], icon, group: 'go', enabled: onDay, run: (view) => view.turn(pages) };
}

const usualWeeks = (view: View): number => view.mirror.practice?.usual_interval_weeks ?? 6;

/** The patient whose panel or visit is open. */
const patientOf = (view: View): string | null =>
  view.panel.kind === 'patient' ? view.panel.id : (view.selectedCard?.patient ?? null);

async function whoSaw(view: View): Promise<void> {
  const id = patientOf(view);
  if (id === null) return;
  try {
    const { patient } = await view.mirror.desk.call('patient', { id });
    view.dialog = { kind: 'who_saw', patient: { id, name: patient.name } };
  } catch (thrown) {
    changes.tell(view, thrown);
  }
}

function nextTheme(view: View): void {
  const order = ['system', 'light', 'dark'];
  const at = order.indexOf(view.mirror.preferences?.theme ?? 'system');
  view.keepPreferences({ theme: order[(at + 1) % order.length] });
}

function otherDensity(view: View): void {
  view.keepPreferences({ density: view.density === 'dense' ? 'comfortable' : 'dense' });
}

async function syncNow(view: View): Promise<void> {
  try {
    await view.mirror.takeSync(view.mirror.desk.call('sync_now', {}));
  } catch (thrown) {
    changes.tell(view, thrown);
  }
}
