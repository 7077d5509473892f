// The slot's fields: what cannot be read is said and not asked; what can is asked once, for all that are chosen.
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { mountIn, openView, type Asked } from '../shell/panel.testing';
import { Builder } from './builder.svelte';
import SlotInspector from './SlotInspector.svelte';

let builder: Builder;
let asked: Asked[];
const changes = () => asked.filter((one) => one.name === 'change_template_slots');

beforeEach(async () => {
  const opened = await openView();
  asked = opened.asked;
  builder = new Builder(opened.view, 'template-week');
  await builder.load();
  builder.select(builder.slots.find((one) => one.slot.operatory === 'op-1')!.id);
  mountIn(opened.view, SlotInspector, { builder });
});

async function write(label: string, text: string): Promise<void> {
  const field = screen.getByLabelText(label);
  await userEvent.clear(field);
  await userEvent.type(field, text);
  await userEvent.tab();
}

describe('the fields of a slot', () => {
  it('say what cannot be read, and ask nothing', async () => {
    await write('From', 'soon');
    expect(screen.getByText('Write the time like 9:40.')).toBeVisible();
    await write('Until', '7:00');
    expect(screen.getByText('The end is not after the beginning.')).toBeVisible();
    await write('Visits', '0');
    expect(screen.getByText('A number from 1 to 50.')).toBeVisible();
    expect(changes()).toEqual([]);
  });

  it('ask for the new end as a length, on five minutes', async () => {
    await write('Until', '9:42');
    await waitFor(() => expect(builder.chosen?.slot.length_minutes).toBe(100));
    expect(changes()).toHaveLength(1);
  });

  it('change all that are chosen at once', async () => {
    builder.markColumn();
    expect(await screen.findByRole('heading', { name: '5 slots' })).toBeVisible();
    await write('Label', 'Quiet');
    await waitFor(() => expect(builder.group.every((one) => one.slot.label === 'Quiet')).toBe(true));
    expect(changes()).toHaveLength(1);
  });

  it('make a hold of it, with units and hours', async () => {
    await userEvent.click(screen.getByLabelText('Keep free for emergencies'));
    await userEvent.selectOptions(await screen.findByLabelText('Units'), '3');
    await waitFor(() => expect(builder.chosen?.slot.hold).toEqual({ units: 3, release_hours: 24 }));
  });
});
