/** The question that the desk asks where visits are booked already: under a block-out, with somebody who is taken out of use. */

import type { BookedThere } from '../desk/api';
import { failureOf } from '../desk/host';

export class BookedQuestion {
  /** Which visits there are; null: nothing is asked. */
  message = $state<string | null>(null);
  answer = $state<BookedThere>('keep');
  /** What was wanted when it was asked: another wish is another question. */
  #about = '';

  /** The answer, as it goes along with the wish that it was asked about. */
  with<W extends object>(wish: W): W & { visits?: BookedThere } {
    const isAnswered = this.message !== null && this.#about === JSON.stringify(wish);
    if (!isAnswered) this.message = null;
    return isAnswered ? { ...wish, visits: this.answer } : wish;
  }

  /** Whether a refusal is this question; then it is shown instead of trouble. */
  isAskedBy(thrown: unknown, wish: object): boolean {
    const { error } = failureOf(thrown);
    if (error.code !== 'visits_booked') return false;
    this.#about = JSON.stringify(wish);
    this.answer = 'keep';
    this.message = error.message;
    return true;
  }
}
