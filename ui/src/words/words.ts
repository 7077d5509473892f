/** Every word on the screen comes from `en.ftl`. */

import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import english from './en.ftl?raw';

const bundle = new FluentBundle('en', { useIsolating: false });
export const resource = new FluentResource(english);
const problems = bundle.addResource(resource);
if (problems.length > 0) throw problems[0];

/** The message `id` in words. A missing message shows its id, so that it is seen and reported, and nothing breaks. */
export function t(id: string, values?: Record<string, FluentVariable>): string {
  const message = bundle.getMessage(id);
  if (!message?.value) return id;
  return bundle.formatPattern(message.value, values, []);
}

export const hasMessage = (id: string): boolean => bundle.hasMessage(id);
