/** A patient's data as it is typed; knows what is still missing, asks the desk whether somebody very like is here. */

import type { PatientFields, PatientHit, PatientView } from '../desk/api';
import { DeskFailure, failureOf } from '../desk/host';
import type { Mirror } from '../desk/mirror.svelte';
import { birthWords, daysBetween, readBirthDate } from '../shared/dates';

export class PatientForm {
  readonly #mirror: Mirror;
  /** The patient being changed; null: a new one. */
  readonly patient: PatientView | null;

  family = $state('');
  given = $state('');
  preferred = $state('');
  birth = $state('');
  mobile = $state('');
  home = $state('');
  email = $state('');
  chart = $state('');
  alert = $state('');
  note = $state('');
  responsibleName = $state('');
  responsibleRelation = $state('');
  responsiblePhone = $state('');
  responsibleEmail = $state('');

  similar = $state.raw<PatientHit[]>([]);
  trouble = $state.raw<{ message: string; hint: string; field?: string } | null>(null);
  isSaving = $state(false);
  #asked = 0;

  constructor(mirror: Mirror, patient: PatientView | null, name = '') {
    this.#mirror = mirror;
    this.patient = patient;
    if (patient) this.#fill(patient.fields);
    else this.#guess(name);
  }

  /** `Rivera, Ana` or `Ana Rivera`; digits are a phone. */
  #guess(text: string): void {
    const input = text.trim();
    if (/^[+\d][\d\s()-]{4,}$/.test(input)) this.mobile = input;
    else if (input.includes(',')) [this.family = '', this.given = ''] = input.split(',').map((part) => part.trim());
    else {
      const words = input.split(/\s+/).filter(Boolean).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
      this.family = words.pop() ?? '';
      this.given = words.join(' ');
    }
  }

  #fill(fields: PatientFields): void {
    this.family = fields.family_name;
    this.given = fields.given_name;
    this.preferred = fields.preferred_name;
    this.birth = fields.birth_date ? birthWords(fields.birth_date) : '';
    this.mobile = fields.mobile_phone;
    this.home = fields.home_phone;
    this.email = fields.email;
    this.chart = fields.chart_number;
    this.alert = fields.alert;
    this.note = fields.note;
    this.responsibleName = fields.responsible_party?.name ?? '';
    this.responsibleRelation = fields.responsible_party?.relationship ?? '';
    this.responsiblePhone = fields.responsible_party?.phone ?? '';
    this.responsibleEmail = fields.responsible_party?.email ?? '';
  }

  get today(): string {
    return this.#mirror.clock.at(this.#mirror.hello?.now.at[0]?.location ?? null)?.date ?? '';
  }

  get birthDate(): string | null {
    return readBirthDate(this.birth, this.today);
  }

  get isBirthUnread(): boolean {
    return this.birth.trim().length > 5 && this.birthDate === null;
  }

  get isMinor(): boolean {
    return this.birthDate !== null && daysBetween(this.birthDate, this.today) < 18 * 365.25;
  }

  get isComplete(): boolean {
    return this.family.trim() !== '' && !(this.birth.trim() !== '' && this.birthDate === null);
  }

  get fields(): PatientFields {
    const hasResponsible = this.responsibleName.trim() !== '';
    return {
      chart_number: this.chart.trim(),
      family_name: this.family.trim(),
      given_name: this.given.trim(),
      preferred_name: this.preferred.trim(),
      birth_date: this.birthDate,
      mobile_phone: this.mobile.trim(),
      home_phone: this.home.trim(),
      email: this.email.trim(),
      responsible_party: hasResponsible
        ? {
            name: this.responsibleName.trim(),
            relationship: this.responsibleRelation.trim(),
            phone: this.responsiblePhone.trim(),
            email: this.responsibleEmail.trim(),
          }
        : null,
      alert: this.alert.trim(),
      note: this.note,
    };
  }

  /** Suggests patients who are here already, while a new one is typed. */
  async lookForSimilar(): Promise<void> {
    if (this.patient) return;
    const text = `${this.family} ${this.given}`.trim() || this.mobile.trim();
    this.#asked += 1;
    const turn = this.#asked;
    if (text.length < 3) {
      this.similar = [];
      return;
    }
    try {
      const { hits } = await this.#mirror.desk.call('find_patients', { text, limit: 3 });
      if (turn === this.#asked) this.similar = hits;
    } catch (thrown) {
      // Suggestions are a courtesy; saving asks again and says so.
      if (!(thrown instanceof DeskFailure)) throw thrown;
    }
  }

  /** Saves; null with `trouble` set if refused. `although` adds in spite of somebody similar. */
  async save(although = false): Promise<PatientView | null> {
    if (!this.isComplete || this.isSaving) return null;
    this.isSaving = true;
    this.trouble = null;
    try {
      const fields = this.fields;
      return this.patient
        ? await this.#mirror.desk.call('update_patient', { id: this.patient.id, fields, is_active: null })
        : await this.#mirror.desk.call('add_patient', { fields, although_similar: although });
    } catch (thrown) {
      this.trouble = failureOf(thrown).error;
      return null;
    } finally {
      this.isSaving = false;
    }
  }

  /** Refused because somebody very like is here. */
  get isSimilarRefused(): boolean {
    return this.trouble !== null && 'code' in this.trouble && String(this.trouble.code).includes('similar');
  }
}
