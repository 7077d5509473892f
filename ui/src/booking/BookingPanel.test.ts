// Booking with the keyboard: few keys, rules in words, a way through with a reason.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import BookingPanel from './BookingPanel.svelte';
import { fitPattern } from './booking.svelte';

async function open(place: { operatory: string; minute: number } | null = null, length: number | null = null, scene = '') {
  const { view, asked, hold } = await openView(scene);
  const booking = view.startBooking(place && { location: view.location ?? '', date: view.date, provider: null, ...place }, length);
  mountIn(view, BookingPanel, { booking });
  const booked = () => asked.find((one) => one.name === 'book_appointment')?.request as Record<string, unknown> | undefined;
  return { view, booking, asked, hold, booked, user: userEvent.setup() };
}

const op1 = { location: 'loc-lakeside', operatory: 'op-1', provider: null };

describe('booking', () => {
  it('a known patient into the next opening takes a name and five keys', async () => {
    const { user, booked, view } = await open();
    await user.click(screen.getByRole('combobox', { name: 'Patient' }));
    await user.keyboard('sharma');
    await screen.findByRole('option', { name: /Sharma, Anika/ });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('combobox', { name: 'Type' })).toHaveFocus());
    await user.keyboard('a{Enter}');
    await waitFor(() => expect(screen.getByRole('button', { name: /earliest day/ })).toHaveFocus());
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Book' })).toHaveFocus());
    await user.keyboard('{Enter}');
    await waitFor(() => expect(booked()).toMatchObject({ appointment_type: 'type-adj', leave: { override_reason: null } }));
    await waitFor(() => expect(view.panel.kind).toBe('none'));
    expect(view.toasts.list.at(-1)?.text).toMatch(/^Booked Sharma, Anika, Tue 24 Nov/);
    expect(view.selectedCard?.patient_name).toBe('Sharma, Anika');
  });

  it('several things in one visit take two keys more, and their time is worked out before it is booked', async () => {
    const { user, booking, asked, booked } = await open();
    await user.click(screen.getByRole('combobox', { name: 'Patient' }));
    await user.keyboard('sharma');
    await screen.findByRole('option', { name: /Sharma, Anika/ });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('combobox', { name: 'Type' })).toHaveFocus());
    await user.keyboard('a+t');
    await screen.findByRole('option', { name: /Adjustment \+ Retainer check/ });
    await user.keyboard('{Enter}');
    expect(await screen.findByText('35 minutes together, 15 of them with the doctor')).toBeInTheDocument();
    expect(screen.getByRole('img', { name: /15.*35/ })).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole('button', { name: /earliest day/ })).toHaveFocus());
    expect(asked.findLast((one) => one.name === 'openings')?.request).toMatchObject({ appointment_type: 'type-adj', also: ['type-ret'] });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Book' })).toHaveFocus());
    expect(screen.getByRole('button', { name: 'Repeat…' })).toBeEnabled();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(booked()).toMatchObject({ appointment_type: 'type-adj', also: ['type-ret'], pattern: null }));
    expect(booking.length).toBe(35);
  });

  it('procedures are added and left out by key', async () => {
    const { user, booking } = await open();
    await booking.chooseType(booking.types.find((type) => type.code === 'ADJ')!);
    (await screen.findByRole('button', { name: 'Add a procedure' })).focus();
    await user.keyboard('{Enter}');
    const field = await screen.findByRole('combobox', { name: 'Add a procedure' });
    await waitFor(() => expect(field).toHaveFocus());
    await user.keyboard('t');
    await screen.findByRole('option', { name: /Retainer check/ });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(booking.length).toBe(35));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Add a procedure' })).toHaveFocus());
    await user.tab({ shift: true });
    expect(screen.getByRole('button', { name: 'Leave out Retainer check' })).toHaveFocus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(booking.length).toBe(30));
    expect(booking.also).toEqual([]);
  });

  it('leads straight to Book where kind and place are known, as in a slot of a template', async () => {
    const { user, booking, view } = await open({ operatory: 'op-6', minute: 16 * 60 + 20 });
    await booking.chooseType(view.mirror.roster.appointment_types.find((type) => type.code === 'REC')!);
    await user.type(screen.getByRole('combobox', { name: 'Patient' }), 'kim');
    await screen.findByRole('option', { name: /Kim/ });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Book' })).toHaveFocus());
  });

  it('finds a name with a typo and shows phone, birth date and chart', async () => {
    const { user } = await open();
    await user.type(screen.getByRole('combobox', { name: 'Patient' }), 'rivrea');
    expect(screen.queryByRole('option', { name: /^Rivera/ })).toBeNull();
    await user.clear(screen.getByRole('combobox', { name: 'Patient' }));
    await user.type(screen.getByRole('combobox', { name: 'Patient' }), 'rivara');
    const option = await screen.findByRole('option', { name: /Rivera, Ana/ });
    expect(option.textContent).toMatch(/10 Apr 2010.*\+1 555 0110.*chart 4100.*Maria Rivera/s);
  });

  it('takes place and provider from the column, and says that it is free', async () => {
    const { user, booking } = await open({ operatory: 'op-6', minute: 16 * 60 + 20 });
    expect(screen.getByLabelText('Operatory')).toHaveValue('op-6');
    expect(screen.getByLabelText('Provider')).toHaveValue('prov-osei');
    await user.type(screen.getByRole('combobox', { name: 'Patient' }), 'kim');
    await screen.findByRole('option', { name: /Kim/ });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('combobox', { name: 'Type' })).toBeInTheDocument());
    await user.click(screen.getByRole('combobox', { name: 'Type' }));
    await user.keyboard('r{Enter}');
    expect(booking.type?.code).toBe('REC');
    expect(await screen.findByText('Op 6 and Dr Kwame Osei are free')).toBeInTheDocument();
  });

  it('says what stands in the way, and books only with a reason', async () => {
    const { user, booking, booked, view } = await open();
    const taken = view.sheet!.appointments.find((card) => card.operatory === 'op-1' && card.status === 'confirmed')!;
    await booking.choosePatient({ id: 'pat-2', name: 'Osei, Kofi', phone: '', birth_date: null, age_years: null, chart_number: '' });
    await booking.putAt({ ...op1, date: view.date, minute: taken.start_minute }, null);
    await booking.chooseType(booking.types[0]!);
    expect(await screen.findByText(new RegExp(`^Op 1 is taken .* by ${taken.patient_name}`))).toBeInTheDocument();
    const button = screen.getByRole('button', { name: 'Book anyway' });
    expect(button).toBeDisabled();
    await user.type(screen.getByLabelText('Why do it anyway?'), 'Twins, one chair{Enter}');
    await waitFor(() => expect(booked()).toMatchObject({ leave: { override_reason: 'Twins, one chair' } }));
  });

  it('fits the pattern to a painted length', async () => {
    const { booking } = await open({ operatory: 'op-1', minute: 990 }, 20);
    await booking.chooseType(booking.types.find((type) => type.code === 'ADJ')!);
    expect([booking.length, booking.pattern]).toEqual([20, '/XX/']);
  });

  it.each([
    ['Time', '25:00', 'Write the time like 9:40.'],
    ['Date', 'soonish', 'This date cannot be read. Write it like 24 Nov or 24.11.2026.'],
  ])('%s “%s” cannot be read: it says so and books nothing until it can', async (label, typed, trouble) => {
    const { user, booking, asked, booked } = await open({ operatory: 'op-6', minute: 16 * 60 + 20 });
    await booking.choosePatient({ id: 'pat-2', name: 'Osei, Kofi', phone: '', birth_date: null, age_years: null, chart_number: '' });
    await booking.chooseType(booking.types.find((type) => type.code === 'REC')!);
    const book = await screen.findByRole('button', { name: 'Book' });
    await waitFor(() => expect(book).toBeEnabled());
    const field = screen.getByLabelText(label);
    await user.clear(field);
    await user.type(field, `${typed}{Enter}`);
    await user.tab();
    expect(field).toHaveAccessibleDescription(trouble);
    expect(field).toBeInvalid();
    expect(book).toBeDisabled();
    expect(screen.getByRole('button', { name: 'Repeat…' })).toBeDisabled();
    expect(screen.queryByText(/are free$/)).toBeNull();
    screen.getByLabelText('Note').closest('form')!.requestSubmit();
    expect(asked.some((one) => one.name === 'book_appointment')).toBe(false);
    await user.clear(field);
    await user.type(field, label === 'Time' ? '1630' : '25.11.2026');
    await user.tab();
    await waitFor(() => expect(book).toBeEnabled());
    await user.click(book);
    await waitFor(() => expect(booked()).toMatchObject({ at: label === 'Time' ? '2026-11-24T16:30' : '2026-11-25T16:20' }));
  });

  it('adds a new patient inline, with a responsible person for a minor', async () => {
    const { user, asked, booking } = await open();
    await user.type(screen.getByRole('combobox', { name: 'Patient' }), 'Zola Quist');
    await user.click(await screen.findByRole('option', { name: 'New patient “Zola Quist”' }));
    expect(screen.getByLabelText('Family name')).toHaveValue('Quist');
    expect(screen.getByLabelText('Given name')).toHaveValue('Zola');
    expect(screen.queryByText('Responsible person')).toBeNull();
    await user.type(screen.getByLabelText('Birth date'), '9.5.2014');
    expect(await screen.findByText('Responsible person')).toBeInTheDocument();
    await user.type(screen.getByLabelText('Name'), 'Ida Quist');
    await user.click(screen.getByRole('button', { name: 'Add the patient' }));
    await waitFor(() => expect(booking.patient?.name).toBe('Quist, Zola'));
    expect(asked.find((one) => one.name === 'add_patient')?.request).toMatchObject({
      fields: { family_name: 'Quist', birth_date: '2014-05-09', responsible_party: { name: 'Ida Quist' } },
    });
  });

  it('suggests somebody very like, who is here already', async () => {
    const { user, booking } = await open();
    await user.type(screen.getByRole('combobox', { name: 'Patient' }), 'Kofi Osei');
    await user.click(await screen.findByRole('option', { name: /New patient/ }));
    await user.click(await screen.findByRole('button', { name: /Osei, Kofi/ }));
    expect(booking.patient?.id).toBe('pat-2');
  });

  it('keeps everything that was typed when the desk refuses', async () => {
    const { view, booking } = await open();
    await booking.choosePatient({ id: 'gone', name: 'Gone, Patient', phone: '', birth_date: null, age_years: null, chart_number: '' });
    await booking.chooseType(booking.types[0]!);
    await booking.putAt({ ...op1, date: view.date, minute: 990 }, null);
    booking.note = 'Brings the twin';
    expect(await booking.book()).toBeNull();
    expect(booking.error?.message).toBe('This patient is not here.');
    expect([booking.patient?.id, booking.note, booking.minute]).toEqual(['gone', 'Brings the twin', 990]);
  });
});

it.each([
  ['/XX///', 20, '/XX/'],
  ['/XX/', 35, '/XX////'],
  ['XX', 5, 'X'],
])('%s fitted to %i minutes is %s', (pattern, minutes, fitted) => expect(fitPattern(pattern, minutes)).toBe(fitted));

describe('when the patient would like to come', () => {
  it('is typed in words, said back, and narrows the openings', async () => {
    const { user, asked, booking } = await open();
    await user.type(screen.getByRole('combobox', { name: 'Patient' }), 'sharma');
    await screen.findByRole('option', { name: /Sharma, Anika/ });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('combobox', { name: 'Type' })).toHaveFocus());
    await user.keyboard('a{Enter}');
    const wish = await screen.findByRole('textbox', { name: 'When would suit?' });
    await user.type(wish, '1w mon-wed after school');
    expect(wish).toHaveAccessibleDescription('From Tue 1 Dec, Monday, Tuesday, Wednesday, after 15:00');
    await waitFor(() =>
      expect(asked.filter((one) => one.name === 'openings').at(-1)?.request).toMatchObject({ from: '2026-12-01', after: '15:00', weekdays: ['monday', 'tuesday', 'wednesday'] }),
    );
    await waitFor(() => expect(booking.openings?.[0]?.at).toMatch(/^2026-12-0[127]T1[56]/));
    await user.keyboard('{Enter}');
    expect(screen.getAllByRole('button', { name: /Dec 1[56]:/ })[0]).toHaveFocus();
  });

  it('keeps the focus it was given while the openings were still sought', async () => {
    const { user, hold, booking } = await open();
    const answer = hold('openings');
    await user.click(screen.getByRole('combobox', { name: 'Type' }));
    await user.keyboard('a{Enter}');
    const wish = await screen.findByRole('textbox', { name: 'When would suit?' });
    await user.click(wish);
    answer();
    await waitFor(() => expect(booking.openings).not.toBeNull());
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(wish).toHaveFocus();
  });

  it('books the later of two equal times where that is the opening', async () => {
    const { user, booking, booked } = await open();
    await booking.choosePatient({ id: 'pat-2', name: 'Osei, Kofi', phone: '', birth_date: null, age_years: null, chart_number: '' });
    await booking.chooseType(booking.types.find((type) => type.code === 'ADJ')!);
    await waitFor(() => expect(booking.openings?.length).toBeGreaterThan(1));
    const [one] = booking.openings!;
    booking.openings = [one!, { ...one!, later_of_two: true }];
    await user.click(await screen.findByRole('button', { name: /\(the later\)/ }));
    await waitFor(() => expect(screen.getByRole('button', { name: /^Book/ })).toBeEnabled());
    await user.click(screen.getByRole('button', { name: /^Book/ }));
    await waitFor(() => expect(booked()).toMatchObject({ at: one!.at, later_of_two: true }));
  });

  it('says what was learned of the patient above the openings', async () => {
    const { booking } = await open();
    booking.type = booking.types[0]!;
    await booking.look('2026-11-25');
    await waitFor(() => expect(booking.openings?.length).toBeGreaterThan(0));
    expect(screen.queryByText(/As on earlier visits/)).not.toBeInTheDocument();
    booking.learned = ['usually on Mondays (4 of 5 visits)', 'usually in the morning (5 of 5 visits)'];
    expect(await screen.findByText('As on earlier visits: usually on Mondays (4 of 5 visits), usually in the morning (5 of 5 visits)')).toBeInTheDocument();
  });

  it('says what it did not understand', async () => {
    const { user, booking } = await open();
    booking.type = booking.types[0]!;
    await user.type(await screen.findByRole('textbox', { name: 'When would suit?' }), 'soonish mon');
    expect(await screen.findByText('Not understood: soonish. Monday')).toBeInTheDocument();
  });

  it('says which visit the patient has already, leads there, and books all the same', async () => {
    const { user, view, booking, booked, asked } = await open({ operatory: 'op-6', minute: 16 * 60 + 20 }, null, 'duplicates');
    const first = view.mirror.sheet(view.location ?? '', view.date)?.appointments.find((card) => card.start_minute < 15 * 60 && card.status === 'checked_out');
    if (!first) throw new Error('the fixture has a visit that is over');
    await booking.choosePatient({ id: first.patient, name: first.patient_name, phone: '', birth_date: null, age_years: null, chart_number: '' });
    await booking.chooseType(booking.types.find((type) => type.code === 'REC') ?? null);
    expect(booking.check?.violations.map((one) => one.rule)).toContain('same_day_visit');
    expect((await screen.findAllByText(/has another visit that day/)).length).toBeGreaterThan(0);
    await user.click(screen.getAllByRole('button', { name: 'Show that visit' })[0]!);
    await waitFor(() => expect(view.selected).toBe(booking.check?.violations.find((one) => one.rule === 'same_day_visit')?.appointment));
    expect(asked.some((one) => one.name === 'book_appointment')).toBe(false);
    await user.selectOptions(screen.getByLabelText('Asked to come'), '10 minutes early, at 16:10');
    await user.click(screen.getByRole('button', { name: 'Book anyway' }));
    await waitFor(() => expect(booked()).toMatchObject({ leave: { acknowledge_warnings: true }, arrive_early_minutes: 10 }));
  });
});
