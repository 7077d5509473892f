/** Shows one story: `/schedule-stories.html?story=busy&theme=dark`. */

import '../../base.css';
import { flushSync, mount, unmount } from 'svelte';
import { STORIES, type StoryName } from './stories';
import StoryPage from './StoryPage.svelte';

const asked = new URLSearchParams(location.search);
const theme = asked.get('theme');
if (theme) document.documentElement.dataset['theme'] = theme;
const name = asked.get('story') ?? 'busy';
const story: StoryName = name in STORIES ? (name as StoryName) : 'busy';
document.title = STORIES[story].title;

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');

interface Painted {
  /** Milliseconds until the elements are made, and until the frame after the one that shows them. */
  mount: number;
  paint: number;
}

let mounted: Record<string, unknown> | null = null;

/** Shows a story in place of the last one and measures it. */
async function show(which: StoryName): Promise<Painted> {
  if (mounted) await unmount(mounted);
  const started = performance.now();
  mounted = mount(StoryPage, { target: target as HTMLElement, props: { story: which } });
  flushSync();
  const made = performance.now();
  await new Promise<void>((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve();
      channel.port2.postMessage(null);
    });
  });
  return { mount: made - started, paint: performance.now() - started };
}

void show(story).then((painted) => Object.assign(window, { painted, show }));
