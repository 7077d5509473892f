// Every word that is asked for exists, and no word lies about unused.
import { STAGES } from '../flow/stages';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTIONS, GRID_KEYS, GROUPS } from '../actions/table';
import { FACTORS, WEIGHTS } from '../settings/ranking';
import { RULES } from '../settings/rules';
import { hasMessage, resource, t } from './words';

const ROOT = join(process.cwd(), 'src');
const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(svelte|ts)$/.test(path) && !/\.test\.ts$/.test(path) && !path.replaceAll('\\', '/').startsWith('schedule/'))
  .map((path) => readFileSync(join(ROOT, path), 'utf8'));

/** Ids written out in the sources, in `t('…')` or as one of two in `t(x ? '…' : '…')`. */
const written = new Set(
  sources.flatMap((text) =>
    // What is compared with is no id.
    [...text.replace(/[=!]==\s*'[^']*'/g, '').matchAll(/\bt\(([^`]*?)[,)]/g)].flatMap((call) => [...call[1]!.matchAll(/'([a-z][a-z0-9_-]*)'/g)].map((id) => id[1]!)),
  ),
);
const STATUSES = ['scheduled', 'confirmed', 'arrived', 'seated', 'completed', 'checked_out', 'cancelled', 'no_show'];
const MODES = ['alone', 'offline', 'connecting', 'behind', 'live', 'stopped'];
const PAGES = ['practice', 'locations', 'operatories', 'providers', 'types', 'equipment', 'openings', 'people', 'backups', 'audit'];
const ROLES = ['super_admin', 'clinic_admin', 'doctor', 'clinical_staff', 'front_desk', 'billing', 'read_only'];
/** What an action or a panel may ask for. */
const NEEDS = ['administrator', 'log-ins', 'way-back', 'own-log-in', 'view_calendar', 'create_appointment', 'modify_appointment', 'cancel_appointment', 'override_rules', 'manage_templates', 'apply_templates', 'view_analytics'];

/** Ids that are put together from a name of the seam or of the action table. */
const composed = [
  ...ACTIONS.map((action) => action.label),
  ...GRID_KEYS.map((key) => key.label),
  ...GROUPS.map((group) => `group-${group}`),
  ...ROLES.map((role) => `role-${role}`),
  ...NEEDS.map((need) => `may-not-${need}`),
  ...STATUSES.map((status) => `status-${status}`),
  ...['seated', 'completed', 'checked_out'].map((status) => `step-lasted-${status}`),
  ...MODES.flatMap((mode) => [`sync-${mode}`, `sync-details-${mode}`]),
  ...PAGES.map((page) => `settings-${page}`),
  ...PAGES.slice(1).map((page) => `settings-${page}-text`),
  ...['patient', 'date', 'action'].map((kind) => `palette-${kind}`),
  ...['day', 'week', 'month', 'list'].flatMap((span) => [`span-${span}`, `title-${span}`, `action-view-${span}`]),
  ...['today', 'calendar', 'log'].map((stage) => `arriving-${stage}`),
  ...['day', 'week'].map((span) => `grid-${span}`),
  ...['operatory', 'provider', 'location'].flatMap((by) => [`by-${by}`, `part-${by}`]),
  ...['time', 'patient', 'type', 'operatory', 'provider', 'status', 'marks'].map((name) => `agenda-${name}`),
  ...['allow', 'warn', 'refuse'].flatMap((policy) => [`policy-${policy}`, `policy-does-${policy}`]),
  ...RULES.map((rule) => `rule-${rule}`),
  ...['none', 'doctor_away', 'whole_visit'].map((need) => `type-assistant-${need}`),
  ...FACTORS.flatMap((factor) => [`ranks-${factor}`, `ranks-${factor}-how`]),
  ...WEIGHTS.map((weight) => `weight-${weight}`),
  ...['added', 'updated', 'unchanged', 'failed'].map((outcome) => `outcome-${outcome}`),
  ...['vacation', 'ill', 'course', 'holiday', 'repair', 'other'].map((reason) => `absence-${reason}`),
  ...['this', 'following', 'all'].map((scope) => `series-${scope}`),
  ...['warned', 'refused', 'closed', 'no_such_time'].map((state) => `series-state-${state}`),
  ...['move', 'confirm', 'schedule', 'cancel'].map((verb) => `series-verb-${verb}`),
  ...['doctor', 'hygienist', 'assistant'].map((kind) => `kind-${kind}`),
  ...['system', 'light', 'dark'].map((theme) => `theme-${theme}`),
  ...['dense', 'comfortable'].map((density) => `density-${density}`),
  ...['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].flatMap((day) => [`weekday-${day}`, `weekday-letter-${day}`]),
  ...Array.from({ length: 12 }, (_, hue) => `hue-${hue}`),
  ...['move', 'confirm', 'arrived', 'seated', 'done', 'checked-out', 'cancel', 'edit', 'no-show', 'open-patient', 'pin', 'unpin'].map((id) => `action-${id}-short`),
  ...['any', 'side_by_side', 'back_to_back'].map((one) => `arrangement-${one}`),
  ...STAGES.flatMap((stage) => [`flow-stage-${stage}`, `flow-nobody-${stage}`]),
  ...['in', 'late', 'waits', 'chair', 'over', 'done', 'house'].flatMap((kind) => [`flow-${kind}`, `flow-${kind}-words`]),
  ...['arrived', 'seated', 'done', 'checked-out'].map((id) => `flow-do-${id}`),
  ...['new-booking', 'block', 'today', 'go-to-date', 'usual-weeks-on', 'search', 'help'].map((id) => `action-${id}-short`),
  ...['design', 'apply', 'figures'].map((screen) => `templates-${screen}`),
  ...['day', 'week'].flatMap((span) => [`template-span-${span}`, `template-span-${span}-text`]),
  ...['copy', 'share'].flatMap((way) => [`template-way-${way}`, `template-way-${way}-text`]),
  ...['doctor_time', 'overlap', 'outside_location_hours', 'outside_provider_hours', 'outside_operatory_hours', 'too_short', 'out_of_use'].map((kind) => `template-problem-${kind}`),
  ...['duplicate', 'remove', 'fill', 'copy-column', 'mark-column', 'next-problem', 'whole-week', 'keep-version'].map((id) => `action-template-${id}-short`),
  ...['added', 'removed', 'changed'].map((mark) => `slot-${mark}`),
  ...['clean', 'conflicts', 'closed', 'unchanged'].map((state) => `plan-${state}`),
  ...['outside_slots', 'wrong_type', 'over_capacity', 'provider_away', 'operatory_missing', 'closed_day'].map((kind) => `fit-${kind}`),
  ...['keep', 'pin', 'add_slot', 'drop_slot', 'move', 'leave_day'].map((way) => `way-${way}`),
  ...['class', 'template', 'weekday', 'provider', 'location', 'week', 'month'].map((by) => `figures-by-${by}`),
  ...['visits', 'fill', 'lost', 'doctor', 'holds'].map((chart) => `chart-${chart}`),
];

describe('words', () => {
  it('finds the ids in the sources', () => expect(written.size).toBeGreaterThan(150));

  it('has every id that is used', () => {
    expect([...written, ...composed].filter((id) => !hasMessage(id))).toEqual([]);
  });

  it('has no id that nobody uses', () => {
    const used = new Set([...written, ...composed]);
    const whole = sources.join('\n');
    const idle = resource.body.map((entry) => entry.id).filter((id) => !used.has(id) && !whole.includes(`'${id}'`));
    expect(idle).toEqual([]);
  });

  it('counts', () => {
    expect(t('sync-details-offline', { count: 0 })).toContain('nothing is waiting');
    expect(t('sync-details-offline', { count: 1 })).toContain('1 change will');
    expect(t('sync-details-offline', { count: 3 })).toContain('3 changes will');
  });

  it('shows the id of a word that is missing, so that nothing breaks', () => expect(t('no-such-word')).toBe('no-such-word'));
});
