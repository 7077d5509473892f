/** A search in the audit: what is asked for, and the entries that have come so far, newest first. */

import type { AuditLine, AuditRequest } from '../desk/api';
import type { Desk } from '../desk/client';
import { type DeskFailure, failureOf } from '../desk/host';

const PAGE = 100;

/** What the person chose; empty where it does not matter. */
export interface Wanted {
  person: string;
  workstation: string;
  /** An action, or `looks` or `changes`. */
  what: string;
  from: string;
  until: string;
  patient: { id: string; name: string } | null;
}

export const ANYTHING: Wanted = { person: '', workstation: '', what: '', from: '', until: '', patient: null };

export function requestOf(wanted: Wanted): AuditRequest {
  const isKind = wanted.what === 'looks' || wanted.what === 'changes';
  return {
    patient: wanted.patient?.id ?? null,
    person: wanted.person || null,
    workstation: wanted.workstation || null,
    action: isKind ? null : wanted.what || null,
    is_change: isKind ? wanted.what === 'changes' : null,
    from: wanted.from || null,
    until: wanted.until || null,
    before: null,
    limit: PAGE,
    all_patients: false,
  };
}

export class AuditSearch {
  entries = $state.raw<AuditLine[]>([]);
  /** Whether there are older ones. */
  more = $state(false);
  isLoading = $state(true);
  failure = $state.raw<DeskFailure | null>(null);

  #desk: Desk;
  #request: AuditRequest = requestOf(ANYTHING);
  #turn = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async start(wanted: Wanted): Promise<void> {
    this.#request = requestOf(wanted);
    this.#turn += 1;
    await this.#fetch([]);
  }

  /** Older entries, if there are any and they are not on their way. */
  async next(): Promise<void> {
    const last = this.entries.at(-1);
    if (!this.more || this.isLoading || !last) return;
    await this.#fetch(this.entries, last.number);
  }

  async #fetch(so_far: AuditLine[], before: number | null = null): Promise<void> {
    const turn = this.#turn;
    this.isLoading = true;
    try {
      const page = await this.#desk.call('audit_list', { ...this.#request, before });
      if (turn !== this.#turn) return;
      this.entries = [...so_far, ...page.entries];
      this.more = page.more;
      this.failure = null;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.failure = failureOf(thrown);
      this.more = false;
      this.entries = so_far;
    }
    this.isLoading = false;
  }
}
