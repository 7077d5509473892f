/** A passphrase that somebody chooses: typed twice, and long enough. */

import { t } from '../words/words';

/** What the desk asks for, too. */
const LEAST = 8;

export class NewPassphrase {
  text = $state('');
  again = $state('');

  get isReady(): boolean {
    return this.text.length >= LEAST && this.again === this.text;
  }

  /** What is wrong with the first field; null while nothing is. */
  get short(): string | null {
    return this.text && this.text.length < LEAST ? t('passphrase-short') : null;
  }

  /** What is wrong with the second field. */
  get differs(): string | null {
    return this.again && this.again !== this.text ? t('passphrase-differs') : null;
  }

  clear(): void {
    [this.text, this.again] = ['', ''];
  }
}
