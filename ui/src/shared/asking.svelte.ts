/** A form's conversation with the desk: one question at a time, and what was refused. */

import type { DeskError } from '../desk/api';
import { failureOf } from '../desk/host';

const said = ({ message, hint }: DeskError): string => `${message} ${hint}`.trim();

export class Asking {
  isBusy = $state(false);
  trouble = $state.raw<DeskError | null>(null);

  /** Answers whether it went through; a question while one is under way is not asked. */
  async run(ask: () => Promise<void>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.trouble = null;
    try {
      await ask();
      return true;
    } catch (thrown) {
      this.trouble = failureOf(thrown).error;
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** What was refused, whole. */
  get words(): string | null {
    return this.trouble && said(this.trouble);
  }

  /** What is wrong with a field, by its name at the seam. */
  wrong(field: string): string | null {
    return this.trouble?.field === field ? said(this.trouble) : null;
  }

  /** What is wrong with none of the fields that say it themselves. */
  besides(...fields: string[]): string | null {
    return this.trouble && !fields.includes(this.trouble.field ?? '') ? said(this.trouble) : null;
  }
}
