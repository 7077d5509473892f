/** A family's booking as it is put together: who, what each needs, and when all can come. Asks the desk, never decides. */

import type { AppointmentTypeView, Arrangement, DeskError, FamilyOpeningView, PatientHit } from '../desk/api';
import { failureOf } from '../desk/host';
import type { Mirror } from '../desk/mirror.svelte';
import type { ChosenPatient } from './booking.svelte';
import { askFor, readWishes, type Wishes } from './wishes';

/** As the desk allows. */
export const MOST_MEMBERS = 6;
/** A family is looked for over at most so many days. */
const MOST_DAYS = 92;

export interface Member {
  patient: ChosenPatient;
  /** Id of the type; null: not chosen yet. */
  type: string | null;
  /** Done in the same visit beside that type. */
  also: string[];
}

export class FamilyBooking {
  readonly #mirror: Mirror;
  readonly #location: string | null;
  members = $state<Member[]>([]);
  /** Patients with the same phone as somebody here. */
  relatives = $state.raw<PatientHit[]>([]);
  arrangement = $state<Arrangement>('any');
  wishText = $state('');
  openings = $state.raw<FamilyOpeningView[] | null>(null);
  chosen = $state.raw<FamilyOpeningView | null>(null);
  isLooking = $state(false);
  isSaving = $state(false);
  error = $state.raw<DeskError | null>(null);
  #lookup = 0;

  constructor(mirror: Mirror, location: string | null) {
    this.#mirror = mirror;
    this.#location = location;
  }

  get types(): AppointmentTypeView[] {
    return this.#mirror.roster.appointment_types.filter((type) => type.is_active);
  }

  get wishes(): Wishes {
    const today = this.#mirror.clock.at(this.#location)?.date ?? '';
    return readWishes(this.wishText, today, this.#mirror.roster);
  }

  get isReady(): boolean {
    return this.members.length >= 2 && this.members.every((member) => member.type !== null);
  }

  has(patient: string): boolean {
    return this.members.some((member) => member.patient.id === patient);
  }

  /** One more; siblings usually need what the one before needs. Says whether there was room. */
  add(patient: ChosenPatient): boolean {
    if (this.has(patient.id) || this.members.length >= MOST_MEMBERS) return false;
    const before = this.members.at(-1);
    this.members.push({ patient, type: before?.type ?? null, also: [...(before?.also ?? [])] });
    void this.#lookForRelatives(patient);
    return true;
  }

  /** Another own type; what is done beside it stays, unless it is that. */
  choose(member: Member, type: string | null): void {
    member.type = type;
    member.also = type === null ? [] : member.also.filter((one) => one !== type);
  }

  remove(patient: string): void {
    this.members = this.members.filter((member) => member.patient.id !== patient);
    this.relatives = this.relatives.filter((one) => one.id !== patient);
  }

  /** Whoever has the same phone: brothers, sisters, a parent in treatment. A courtesy; nothing is said if it fails. */
  async #lookForRelatives(patient: ChosenPatient): Promise<void> {
    if (patient.phone.replace(/\D/g, '').length < 6) return;
    const found = await this.#mirror.desk.call('find_patients', { text: patient.phone, limit: 8 }).catch(() => null);
    const known = new Set([...this.relatives.map((one) => one.id), patient.id]);
    if (found) this.relatives = [...this.relatives, ...found.hits.filter((hit) => !known.has(hit.id))];
  }

  async look(from: string): Promise<void> {
    this.#lookup += 1;
    const turn = this.#lookup;
    this.chosen = null;
    this.error = null;
    if (!this.isReady) {
      this.openings = null;
      return;
    }
    this.isLooking = true;
    const { provider, days, after, before, weekdays, from: first } = askFor(this.wishes, from);
    try {
      const found = await this.#mirror.desk.call('family_openings', {
        visits: this.members.map((member) => ({ patient: member.patient.id, appointment_type: member.type!, also: [...member.also], provider: provider ?? null })),
        arrangement: this.arrangement,
        location: this.#location,
        from: first,
        days: Math.min(days ?? MOST_DAYS, MOST_DAYS),
        after,
        before,
        weekdays,
        limit: 6,
      });
      if (turn === this.#lookup) this.openings = found.openings;
    } catch (thrown) {
      if (turn === this.#lookup) [this.openings, this.error] = [null, failureOf(thrown).error];
    } finally {
      if (turn === this.#lookup) this.isLooking = false;
    }
  }
}
