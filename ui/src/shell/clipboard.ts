/** Block-outs and visits copied, cut and pasted where the keyboard is: to another time, another day, another column. */

import { chosenOf } from '../booking/booking.svelte';
import type { AppointmentCard, BlockCard, BlockTarget } from '../desk/api';
import type { Column } from '../schedule/columns';
import { cutBlocks } from '../schedule/geometry/spans';
import { dateWords, timeWords } from '../shared/dates';
import { t } from '../words/words';
import { done, tell, withLeave } from './changes';
import type { View } from './view.svelte';

const WHOLE_DAY = { from: 0, until: 1440 };

/** The block-out under the cursor, the narrowest of several; an absence has its own ways. */
export function blockAtCursor(view: View): BlockCard | null {
  const { cursor, showing } = view;
  const column = cursor && showing.column(cursor.column);
  const sheet = column && view.mirror.sheet(column.location, column.date);
  if (!cursor || !column || !sheet) return null;
  const here = cutBlocks(sheet.blocks, column, WHOLE_DAY)
    .filter(({ span, block }) => span.from <= cursor.minute && cursor.minute < span.until && !block.absence)
    .sort((a, b) => a.span.until - a.span.from - (b.span.until - b.span.from));
  return here[0]?.block ?? null;
}

/** The visit that is chosen, else the block-out under the cursor. */
export function copy(view: View): void {
  const card = view.selectedCard;
  if (!card) {
    take(view, false);
    return;
  }
  view.clipboard = { kind: 'visit', card };
  view.say(t('announce-visit-copied', { name: view.nameOf(card.patient_name) }));
}

export function take(view: View, isCut: boolean): void {
  const block = blockAtCursor(view);
  if (!block) return;
  view.clipboard = { kind: 'block', block, isCut };
  view.say(t(isCut ? 'announce-block-cut' : 'announce-block-copied', { title: block.title }));
}

/** Whose the block-out is in this column: that of the column if it is of its kind, else as before, at the column's location. */
export function targetIn(column: Column, block: BlockCard): BlockTarget {
  if (block.target.kind === column.kind) return { kind: column.kind, id: column.of };
  if (block.target.kind === 'location') return { kind: 'location', id: column.location };
  return block.target;
}

export async function paste(view: View): Promise<void> {
  const { clipboard, cursor, showing } = view;
  const column = cursor && showing.column(cursor.column);
  if (!clipboard || !cursor || !column) return;
  if (clipboard.kind === 'visit') {
    await pasteVisit(view, clipboard.card);
    return;
  }
  const { block, isCut } = clipboard;
  const onto = targetIn(column, block);
  const isSame = onto.kind === block.target.kind && onto.id === block.target.id;
  try {
    const changed = await withLeave(view, (leave) =>
      view.mirror.desk.call('paste_blocks', {
        from: { kind: 'blocks', ids: [block.id] },
        to: column.date,
        at: timeWords(cursor.minute),
        is_cut: isCut,
        onto: isSame ? null : onto,
        onto_location: isSame ? null : column.location,
        // Pasted by one key, visits that are booked there stay: the dialog of a block-out can put them on the list.
        visits: leave.acknowledge_warnings ? 'keep' : null,
      }),
    );
    if (isCut) view.clipboard = null;
    view.mirror.undo = changed.undo;
    view.tellLeftOut(changed.left_out);
    if (changed.count > 0) done(view, t(isCut ? 'done-blocks-moved' : 'done-blocks-pasted', { count: 1, date: dateWords(column.date) }));
  } catch (thrown) {
    tell(view, thrown);
  }
}

/** A booking of the same patient and the same kind of visit, at the cursor. Nothing is booked before it is said. */
async function pasteVisit(view: View, card: AppointmentCard): Promise<void> {
  const type = view.mirror.roster.appointment_types.find((one) => one.id === card.appointment_type);
  try {
    const { patient } = await view.mirror.desk.call('patient', { id: card.patient });
    // One that is under way is somebody else's.
    if (view.panel.kind === 'booking') view.panel = { kind: 'none' };
    const booking = view.startBooking(view.spot);
    await booking.choosePatient(chosenOf(patient));
    await booking.chooseType(type ?? null);
    await booking.chooseAlso(card.also ?? []);
    view.focusInspector();
  } catch (thrown) {
    tell(view, thrown);
  }
}
