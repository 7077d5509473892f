/** With whom a visit is, in words: `Chen`, or `Chen, then Patel` where a second provider is needed for part of it. */

import type { ProviderView } from '../desk/api';
import { t } from '../words/words';

export function withWords(providers: readonly ProviderView[], first: string, second: string | null | undefined): string {
  const name = (id: string): string => providers.find((one) => one.id === id)?.short_name ?? '';
  return second ? t('with-then', { first: name(first), second: name(second) }) : name(first);
}
