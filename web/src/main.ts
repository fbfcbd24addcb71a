import { mount } from 'svelte';
import App from './App.svelte';
import './theme/tokens.css';
import './theme/base.css';
import { followTheme } from './theme/theme.ts';

followTheme();
mount(App, { target: document.body });
