/** The complete surface the screen may use of what it runs in: ask, and be told. */

import type { DeskError, Event } from './api';

export interface Host {
  /** `tauri`, `bridge` or `fixture`: for the status line of tests, never for behaviour. */
  readonly kind: 'tauri' | 'bridge' | 'fixture';
  /** Runs a command. Rejects with {@link DeskFailure} when it is refused or cannot be reached. */
  call(name: string, request: unknown): Promise<unknown>;
  /** Keeps a text where the person says; false if they changed their mind. */
  saveFile(name: string, text: string): Promise<boolean>;
  /** Keeps a PDF (in base64) where the person says and shows it; false if they changed their mind. */
  savePdf(name: string, pdf: string): Promise<boolean>;
  /** Lets the person point to a folder; null if they changed their mind. Absent where a page cannot do that. */
  readonly chooseFolder?: () => Promise<string | null>;
  /** Opens the print dialog for what the page shows on paper. */
  print(): Promise<void>;
  /**
   * Events in batches, in the order they happened. `onGap` is called when some may have been missed.
   * Resolves to the way to stop.
   */
  subscribe(onEvents: (events: Event[]) => void, onGap: () => void): Promise<() => void>;
}

/** A refusal of the desk, with everything it said. */
export class DeskFailure extends Error {
  readonly error: DeskError;

  constructor(error: DeskError) {
    super(error.message);
    this.name = 'DeskFailure';
    this.error = error;
  }

  get code(): string {
    return this.error.code;
  }
}

/** What was thrown, as a failure with words: the desk's own, or that the desk does not answer. */
export function failureOf(thrown: unknown): DeskFailure {
  if (thrown instanceof DeskFailure) return thrown;
  const error = asDeskError(thrown) ?? {
    code: 'no_answer',
    message: 'The program did not answer.',
    hint: 'Nothing was changed. Try again; if it stays like this, close the window and open it again.',
  };
  return new DeskFailure(error);
}

function asDeskError(thrown: unknown): DeskError | null {
  if (typeof thrown !== 'object' || thrown === null) return null;
  const value = 'error' in thrown ? (thrown as { error: unknown }).error : thrown;
  if (typeof value !== 'object' || value === null) return null;
  return 'code' in value && 'message' in value ? (value as DeskError) : null;
}
