// Where the focus is after a dialog: back where it was, or where what was chosen wants it; never taken from there later.
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import { mountIn, openView } from './panel.testing';
import Dialogs from './Dialogs.svelte';

const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));

/** A sheet and a panel beside it; nothing has the focus, as when one clicked beside everything. */
async function opened() {
  const { view } = await openView();
  document.body.innerHTML = '<button id="sheet">10:20</button><aside data-part="inspector"><input data-first-focus /></aside>';
  const sheet = document.querySelector<HTMLElement>('#sheet')!;
  const never = (): boolean => false;
  view.setGrid({ focus: () => sheet.focus(), startMoving: () => {}, scrollToNow: () => {}, revealCard: () => {}, isBusy: never, isPressed: never });
  mountIn(view, Dialogs, {});
  (document.activeElement as HTMLElement).blur();
  view.dialog = { kind: 'palette' };
  await frame();
  return { view, sheet, field: document.querySelector('input[data-first-focus]:not([role])') };
}

describe('after a dialog', () => {
  it('the focus goes to the sheet if it was nowhere', async () => {
    const { view, sheet } = await opened();
    expect(document.activeElement).not.toBe(sheet);
    view.closeDialog();
    await frame();
    await frame();
    expect(sheet).toHaveFocus();
  });

  it('and stays where what was chosen put it', async () => {
    const { view, field } = await opened();
    view.closeDialog();
    // As the palette does it: after the dialog gave the focus back.
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    view.focusInspector();
    await frame();
    expect(field).toHaveFocus();
    await frame();
    await frame();
    expect(field).toHaveFocus();
  });

  it('nor is it taken later from where somebody has gone since, however late the next frame comes', async () => {
    const { view, sheet, field } = await opened();
    view.closeDialog();
    await tick();
    // As Ctrl 1, V: the sheet is asked for, and what opens next takes the focus before the window is drawn again.
    view.focusGrid();
    await tick();
    expect(sheet).toHaveFocus();
    (field as HTMLElement).focus();
    await frame();
    await frame();
    expect(field).toHaveFocus();
  });
});
