/** Shows one story: `/schedule-stories.html?story=busy&theme=dark`. */

import '../../base.css';
import { mount } from 'svelte';
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

// Paint: from before mounting to the frame after the first one that shows it.
const started = performance.now();
mount(StoryPage, { target, props: { story } });
const mounted = performance.now();
requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    Object.assign(window, { painted: { mount: mounted - started, paint: performance.now() - started } });
  };
  channel.port2.postMessage(null);
});
