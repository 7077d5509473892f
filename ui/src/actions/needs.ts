/** What a person may not do here, in words. The desk has the last word; this is for saying so before it is tried. */

import type { Permission, Session } from '../desk/api';
import { t } from '../words/words';

/** A permission; being an administrator; that somebody has a passphrase; that the person here has one, to come back or for a PIN. */
export type Need = Permission | 'administrator' | 'log-ins' | 'way-back' | 'own-log-in';

/** What a passphrase of one's own would help against. */
export const wantsPassphrase = (need: Need): boolean => need === 'log-ins' || need === 'way-back' || need === 'own-log-in';

/** Why not, or null if nothing is in the way. */
export function lacking(need: Need | undefined, session: Session | null): string | null {
  if (!need || !session) return null;
  if (need === 'administrator') return session.is_administrator ? null : t('may-not-administrator');
  if (need === 'log-ins') return session.people.length > 0 ? null : t('may-not-log-ins');
  if (need === 'way-back') return session.has_login ? null : t('may-not-way-back');
  if (need === 'own-log-in') return session.has_login ? null : t('may-not-own-log-in');
  return session.may.includes(need) ? null : t(`may-not-${need.slice('booking:'.length)}`);
}
