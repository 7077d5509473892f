// Opens the window.
import { mount } from 'svelte';
import './base.css';
import App from './App.svelte';
import { chooseDesk } from './desk/choose';
import { Mirror } from './desk/mirror.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');

const desk = await chooseDesk();
export default mount(App, { target, props: { mirror: new Mirror(desk) } });
