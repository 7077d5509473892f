/** Which paper lies in this workstation's printer: what was chosen last, or what is usual where the computer is. */

import type { PaperSize } from '../desk/api';

const KEY = 'orca-paper';

/** Where US Letter lies in printers (CLDR, supplemental data: paper sizes). */
const LETTER = ['US', 'CA', 'MX', 'PH', 'PR', 'CL', 'CO', 'CR', 'GT', 'NI', 'PA', 'SV', 'VE', 'BZ', 'DO'];

export function usualPaper(language: string = navigator.language): PaperSize {
  const kept = read();
  if (kept === 'a4' || kept === 'letter') return kept;
  const region = /-([A-Z]{2})\b/.exec(language)?.[1];
  return region && LETTER.includes(region) ? 'letter' : 'a4';
}

export function keepPaper(paper: PaperSize): void {
  try {
    localStorage.setItem(KEY, paper);
  } catch {
    // It is asked again next time.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
