/** A booking as it is put together: who, what kind, where and when; what stands in the way. Asks the desk, never decides. */

import type {
  AppointmentTypeView,
  BookAppointment,
  DeskError,
  Leave,
  MergedProcedures,
  OpeningView,
  PatientHit,
  PatientView,
  PlacementCheck,
} from '../desk/api';
import { failureOf } from '../desk/host';
import type { Mirror } from '../desk/mirror.svelte';
import type { Spot } from '../shell/columns-of';
import { wallDate, wallMinute, wallTime } from '../shared/dates';
import { phoneToCall } from '../shared/phone';
import { askFor, readWishes, type Wishes } from './wishes';

/** What the booking needs to know of its patient. */
export type ChosenPatient = Pick<PatientHit, 'id' | 'name' | 'phone' | 'birth_date' | 'age_years' | 'chart_number'>;

/** A patient as the booking needs them. */
export const chosenOf = ({ id, name, age_years, fields }: PatientView): ChosenPatient => ({
  id,
  name,
  phone: phoneToCall(fields),
  birth_date: fields.birth_date,
  age_years,
  chart_number: fields.chart_number,
});

export class Booking {
  readonly #mirror: Mirror;

  patient = $state.raw<ChosenPatient | null>(null);
  type = $state.raw<AppointmentTypeView | null>(null);
  location = $state<string | null>(null);
  date = $state('');
  minute = $state<number | null>(null);
  operatory = $state<string | null>(null);
  provider = $state<string | null>(null);
  /** Who comes for the units of the second pattern. */
  second = $state<string | null>(null);
  note = $state('');
  isAsap = $state(false);
  /** Minutes before the visit at which the patient is asked to come. */
  comesEarly = $state(0);
  /** Painted on the sheet; the type's own length if null. */
  paintedLength = $state<number | null>(null);

  /** What is done beside the type. */
  also = $state.raw<string[]>([]);
  /** What all of it comes to; null while nothing is done beside the type. */
  together = $state.raw<MergedProcedures | null>(null);

  /** When the patient would like to come, as typed. */
  wishText = $state('');
  openings = $state.raw<OpeningView[] | null>(null);
  /** What earlier visits say about the patient, in words. */
  learned = $state.raw<string[]>([]);
  isLooking = $state(false);
  check = $state.raw<PlacementCheck | null>(null);
  error = $state.raw<DeskError | null>(null);
  isSaving = $state(false);
  acknowledged = $state(false);
  overrideReason = $state('');
  /** The clock shows this time twice that night: take the later one. */
  laterOfTwo = $state(false);

  #lookup = 0;
  #checking = 0;
  #merging = 0;

  constructor(mirror: Mirror, location: string | null, date: string) {
    this.#mirror = mirror;
    this.location = location;
    this.date = date;
  }

  /** Something has been put in that would be a pity to lose. */
  get isUnderWay(): boolean {
    return this.patient !== null || this.type !== null || this.note !== '';
  }

  get hasPlace(): boolean {
    return this.minute !== null && this.operatory !== null;
  }

  get isComplete(): boolean {
    return this.patient !== null && this.type !== null && this.hasPlace && this.provider !== null;
  }

  /** The pattern to book with, if it differs from the type's: stretched or cut to the painted length. */
  get pattern(): string | null {
    const whole = this.together ?? this.type;
    if (!whole || this.paintedLength === null || this.paintedLength === whole.length_minutes) return null;
    return fitPattern(whole.pattern, this.paintedLength);
  }

  /** Where a second provider is needed; null: one is enough. */
  get secondPattern(): string | null {
    const whole = this.together ?? this.type;
    return whole?.second_pattern ?? null;
  }

  get length(): number {
    return this.paintedLength ?? this.together?.length_minutes ?? this.type?.length_minutes ?? 0;
  }

  /** The types that this provider and operatory can do come first; all are there. */
  get types(): AppointmentTypeView[] {
    return this.#mirror.roster.appointment_types.filter((type) => type.is_active);
  }

  /** Rules that only warn, seen but not yet acknowledged; rules that refuse. */
  get wayThrough(): 'free' | 'acknowledge' | 'override' {
    const violations = this.check?.violations ?? [];
    if (violations.some((one) => one.policy === 'refuse')) return 'override';
    return violations.some((one) => one.policy === 'warn') ? 'acknowledge' : 'free';
  }

  choosePatient(patient: ChosenPatient | null): Promise<void> {
    this.patient = patient;
    return this.#changed();
  }

  /** Another type begins anew: what was to be done beside the first belonged to it. */
  chooseType(type: AppointmentTypeView | null): Promise<void> {
    this.type = type;
    this.#merging += 1;
    this.also = [];
    this.together = null;
    if (!this.provider) this.#prefillProvider();
    return this.#changed();
  }

  /** Does these beside the type. How long that takes says the desk; a length painted before is forgotten. */
  async chooseAlso(also: string[]): Promise<void> {
    if (!this.type) return;
    this.#merging += 1;
    const turn = this.#merging;
    let together: MergedProcedures | null = null;
    try {
      if (also.length > 0) together = await this.#mirror.desk.call('merge_procedures', { appointment_type: this.type.id, also });
    } catch (thrown) {
      if (turn === this.#merging) this.error = failureOf(thrown).error;
      return;
    }
    if (turn !== this.#merging) return;
    this.also = also;
    this.together = together;
    this.paintedLength = null;
    return this.#changed();
  }

  chooseProvider(id: string): Promise<void> {
    this.provider = id;
    return this.#changed();
  }

  /** Nobody: null. */
  chooseSecond(id: string | null): Promise<void> {
    this.second = id;
    return this.#changed();
  }

  chooseOperatory(id: string): Promise<void> {
    this.operatory = id;
    const operatory = this.#mirror.roster.operatories.find((one) => one.id === id);
    if (operatory) this.location = operatory.location;
    this.#prefillProvider();
    return this.#changed();
  }

  chooseTime(date: string, minute: number | null): Promise<void> {
    this.date = date;
    this.minute = minute;
    this.laterOfTwo = false;
    return this.#changed();
  }

  /** A place pointed at on the sheet. */
  putAt(spot: Spot, length: number | null): Promise<void> {
    this.date = spot.date;
    this.minute = spot.minute;
    this.operatory = spot.operatory;
    this.location = spot.location;
    this.paintedLength = length;
    this.provider = spot.provider;
    this.laterOfTwo = spot.later ?? false;
    if (spot.provider === null) this.#prefillProvider();
    return this.#changed();
  }

  chooseOpening(opening: OpeningView): Promise<void> {
    this.location = opening.location;
    this.date = wallDate(opening.at);
    this.minute = wallMinute(opening.at);
    this.operatory = opening.operatory;
    this.provider = opening.provider;
    this.second = opening.second_provider ?? null;
    this.paintedLength = null;
    this.laterOfTwo = opening.later_of_two ?? false;
    return this.#changed();
  }

  clearPlace(): Promise<void> {
    this.minute = null;
    this.operatory = null;
    this.provider = null;
    this.second = null;
    this.paintedLength = null;
    this.laterOfTwo = false;
    return this.#changed();
  }

  /** When the patient would like to come, as understood. */
  get wishes(): Wishes {
    const today = this.#mirror.clock.at(this.location)?.date ?? this.#mirror.hello?.now.at[0]?.date ?? '';
    return readWishes(this.wishText, today, this.#mirror.roster);
  }

  /** Free times for what is chosen so far and wished for, from the day on the screen on. */
  async look(from: string): Promise<void> {
    const type = this.type;
    if (!type) return;
    this.#lookup += 1;
    const turn = this.#lookup;
    this.isLooking = true;
    try {
      const found = await this.#mirror.desk.call('openings', {
        appointment_type: type.id,
        location: this.location,
        patient: this.patient?.id ?? null,
        ...askFor(this.wishes, from),
        limit: 6,
        also: this.also,
      });
      if (turn === this.#lookup) [this.openings, this.learned] = [found.openings, found.learned];
    } catch (thrown) {
      if (turn === this.#lookup) this.error = failureOf(thrown).error;
    } finally {
      if (turn === this.#lookup) this.isLooking = false;
    }
  }

  /** Books; answers what was booked, or null with `error` or `check` saying why not. */
  async book() {
    if (!this.isComplete || this.isSaving) return null;
    const leave: Leave = {
      acknowledge_warnings: this.acknowledged || this.overrideReason.trim() !== '',
      override_reason: this.overrideReason.trim() || null,
    };
    const request: BookAppointment = {
      patient: this.patient!.id,
      appointment_type: this.type!.id,
      at: wallTime(this.date, this.minute!),
      later_of_two: this.laterOfTwo,
      operatory: this.operatory!,
      provider: this.provider!,
      pattern: this.pattern,
      note: this.note,
      is_asap: this.isAsap,
      arrive_early_minutes: this.comesEarly,
      leave,
      also: this.also,
      second_provider: this.secondPattern === null ? null : this.second,
    };
    this.isSaving = true;
    this.error = null;
    try {
      const changed = await this.#mirror.desk.call('book_appointment', request);
      this.#mirror.accept(changed);
      return changed;
    } catch (thrown) {
      const { error } = failureOf(thrown);
      this.error = error;
      if (error.violations) {
        this.check = { violations: error.violations, no_such_time: null, happens_twice: false };
      }
      return null;
    } finally {
      this.isSaving = false;
    }
  }

  /** What would stand in the way, as far as it can be said yet. */
  async #changed(): Promise<void> {
    this.error = null;
    this.acknowledged = false;
    this.overrideReason = '';
    this.#checking += 1;
    const turn = this.#checking;
    if (!this.type || !this.hasPlace || !this.provider) {
      this.check = null;
      return;
    }
    try {
      const check = await this.#mirror.desk.call('check_placement', {
        appointment: null,
        patient: this.patient?.id ?? null,
        appointment_type: this.type.id,
        at: wallTime(this.date, this.minute!),
        operatory: this.operatory!,
        provider: this.provider,
        pattern: this.pattern,
        also: this.also,
        second_provider: this.secondPattern === null ? null : this.second,
      });
      if (turn === this.#checking) this.check = check;
    } catch (thrown) {
      if (turn === this.#checking) this.error = failureOf(thrown).error;
    }
  }

  #prefillProvider(): void {
    const roster = this.#mirror.roster;
    const operatory = roster.operatories.find((one) => one.id === this.operatory);
    const suits = (id: string | null | undefined): id is string =>
      !!id && (!this.type || this.type.providers.length === 0 || this.type.providers.includes(id));
    if (suits(operatory?.usual_provider)) this.provider = operatory.usual_provider;
    else if (this.provider && suits(this.provider)) return;
    else if (operatory && this.type?.providers.length) this.provider = this.type.providers[0] ?? null;
    else if (operatory) this.provider = roster.providers.find((one) => one.is_active)?.id ?? null;
  }
}

/** A pattern made longer by its last unit, or cut, to so many minutes. */
export function fitPattern(pattern: string, minutes: number): string {
  const units = Math.max(1, Math.round(minutes / 5));
  if (pattern.length >= units) return pattern.slice(0, units);
  return pattern + (pattern.at(-1) ?? '/').repeat(units - pattern.length);
}
