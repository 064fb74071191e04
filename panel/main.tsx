import { render } from 'preact';
import { App } from './app.tsx';
import { arrive } from './arrival.ts';
import { startAttention } from './attention.ts';
import { startClock } from './clock.ts';
import { startLive } from './live.ts';
import { startRouter } from './router.ts';
import { startShortcuts } from './shortcuts.ts';
import { startTheme } from './theme.ts';
import { language } from './words/language.ts';

document.documentElement.lang = language;
startTheme();
startRouter();
startShortcuts();
startAttention();
startClock();
startLive();

const root = document.getElementById('panel');
if (root === null) throw new Error('index.html lost its place for the panel.');
render(<App />, root);

void arrive();
