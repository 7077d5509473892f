// The drawing board: shown at once, put back when refused, groups, problems, comparisons.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DeskFailure } from '../desk/host';
import { openView, type Asked } from '../shell/panel.testing';
import type { View } from '../shell/view.svelte';
import { Builder } from './builder.svelte';

let view: View;
let asked: Asked[];
let builder: Builder;
let hold: Awaited<ReturnType<typeof openView>>['hold'];

beforeEach(async () => {
  ({ view, asked, hold } = await openView());
  builder = new Builder(view, 'template-week');
  await builder.load();
});

const columnOf = (operatory: string) => builder.columns.find((one) => one.of === operatory)!;
const first = () => builder.slots.find((one) => one.slot.weekday === 'monday' && one.slot.operatory === 'op-1')!;

describe('drawing', () => {
  it('shows a slot before the desk has answered, and takes the desk’s when it has', async () => {
    const before = builder.slots.length;
    builder.brush = { wants: { kind: 'type', id: 'type-obs' }, isHold: false };
    const drawn = builder.draw(columnOf('op-1'), 720, null);
    expect(builder.slots).toHaveLength(before + 1);
    expect(builder.pending.size).toBe(1);
    await drawn;
    expect(builder.pending.size).toBe(0);
    expect(builder.chosen?.slot).toMatchObject({ start_minute: 720, length_minutes: 15, operatory: 'op-1', provider: 'prov-chen', weekday: 'monday' });
    expect(view.mirror.undo.undo).toBe('Drew 1 slot in Bonding week');
  });

  it('draws holds as long as nobody says otherwise', () => {
    builder.brush = { wants: { kind: 'any' }, isHold: true };
    expect(builder.fieldsAt(columnOf('op-2'), 720, null)).toMatchObject({ hold: { units: 1, release_hours: 24 }, length_minutes: 30 });
  });

  it('goes to what lies there already', async () => {
    await builder.draw(columnOf('op-1'), first().slot.start_minute + 10, null);
    expect(builder.selected).toBe(first().id);
    expect(asked.some((one) => one.name === 'change_template_slots')).toBe(false);
  });

  it('puts a move back that is refused, and says why', async () => {
    const { id, slot } = first();
    vi.spyOn(view.mirror.desk, 'call').mockRejectedValueOnce(new DeskFailure({ code: 'unknown_slot', message: 'This slot is no longer there.', hint: '' }));
    const moving = builder.move(id, columnOf('op-2'), 1100);
    expect(builder.slots.find((one) => one.id === id)?.slot.start_minute).toBe(1100);
    await moving;
    expect(builder.slots.find((one) => one.id === id)?.slot).toEqual(slot);
    expect(builder.pending.size).toBe(0);
    expect(view.assertive).toContain('This slot is no longer there.');
  });
});

describe('several at once', () => {
  it('are chosen one by one, and choosing another ends it', () => {
    const [a, b, c] = builder.slots.filter((one) => one.slot.weekday === 'monday');
    builder.select(a!.id);
    builder.mark(b!.id);
    expect(builder.group.map((one) => one.id).sort()).toEqual([a!.id, b!.id].sort());
    builder.mark(b!.id);
    expect(builder.marked.has(b!.id)).toBe(false);
    builder.mark(b!.id);
    builder.select(c!.id);
    expect(builder.marked.size).toBe(0);
  });

  it('are changed and removed as one step', async () => {
    builder.selected = first().id;
    builder.markColumn();
    const count = builder.group.length;
    expect(count).toBe(5);
    await builder.edit((slot) => ({ ...slot, label: 'Quiet' }));
    expect(builder.group.every((one) => one.slot.label === 'Quiet')).toBe(true);
    const before = builder.slots.length;
    await builder.remove();
    expect(builder.slots).toHaveLength(before - count);
    expect(builder.selected).toBeNull();
    expect(asked.filter((one) => one.name === 'change_template_slots')).toHaveLength(2);
  });
});

describe('while something is in the hand', () => {
  const heldAt = (minute: number) => ({ card: first().id, landing: { column: columnOf('op-2').id, minute, length: first().slot.length_minutes } });
  const trials = () => asked.filter((one) => one.name === 'check_template_slots');

  it('what would be wrong is asked one at a time, and next of where it is by then', async () => {
    const letGo = hold('check_template_slots');
    const before = builder.check;
    builder.hold(heldAt(480));
    builder.hold(heldAt(500));
    builder.hold(heldAt(520));
    expect(trials()).toHaveLength(1);
    letGo();
    await vi.waitFor(() => expect(trials()).toHaveLength(2));
    expect(trials().map((one) => (one.request as { changes: { slot: { start_minute: number } }[] }).changes[0]?.slot.start_minute)).toEqual([480, 520]);
    await vi.waitFor(() => expect(builder.check?.problem_count).toBeGreaterThan(before!.problem_count));
    // The grid, drawn again with the answer, says where it is once more.
    builder.hold(heldAt(520));
    builder.hold(heldAt(520));
    await Promise.resolve();
    expect(trials()).toHaveLength(2);
    // Put back: as it was, without asking.
    builder.hold(null);
    expect(builder.check).toBe(before);
    expect(builder.slots).toBe(builder.template!.slots);
  });

  it('a group says where each of it would lie', () => {
    builder.selected = first().id;
    builder.markColumn();
    const moved = builder.together(first().id, columnOf('op-2'), first().slot.start_minute);
    expect(moved).toHaveLength(5);
    expect(moved!.every((one) => one.slot.operatory === 'op-2')).toBe(true);
    // The last of them would begin after midnight.
    expect(builder.together(first().id, columnOf('op-2'), 1300)).toBeNull();
  });
});

it('goes from problem to problem, and shows their day', () => {
  builder.nextProblem();
  const before = builder.selected;
  expect(builder.day).toBe('wednesday');
  builder.nextProblem();
  expect(builder.day).toBe('thursday');
  builder.nextProblem();
  expect(builder.selected).toBe(before);
  expect(builder.marked.size).toBe(0);
});

it('shows two versions at once, and draws nothing meanwhile', async () => {
  const [newest, older] = builder.template!.versions;
  await builder.compare(older!.id, newest!.id, '');
  expect(builder.comparison?.entries).toHaveLength(11);
  expect(builder.mayEdit).toBe(false);
  await builder.compare(newest!.id, older!.id, '');
  // What is gone from the newer side still lies on the grid, marked.
  expect(builder.onGrid).toHaveLength(426);
  builder.comparison = null;
  expect(builder.mayEdit).toBe(true);
});

it('hears of what another desk drew', async () => {
  const before = builder.slots.length;
  await view.mirror.desk.call('change_template_slots', { template: 'template-week', changes: [{ kind: 'remove', id: first().id }] });
  await builder.hear();
  expect(builder.slots).toHaveLength(before - 1);
});
