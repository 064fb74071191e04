import { computed } from '@preact/signals';
import { href } from '../address.ts';
import { opened, openNewTpv } from '../opened.ts';
import { destinations, sectionName } from '../sections.ts';
import { canChange, seesAll } from '../session.ts';
import { nextTheme } from '../theme.ts';
import { searchWords as words } from '../words/search.ts';
import { fits, type Hit, type HitGroup } from './hits.ts';

interface Known {
  hit: Hit;
  /** By what it is found. */
  called: string;
  changes?: boolean;
  /** Managers have nothing of it. */
  overseers?: boolean;
}

const places = computed((): Known[] =>
  destinations.value.map(({ id, icon, href: to }) => ({
    hit: { key: id, icon, label: sectionName(id), href: to },
    called: `${sectionName(id)} ${words.alsoCalled[id]}`,
  })),
);

const VIEWS: readonly Known[] = (
  [
    ['chats', words.views.unanswered, '/admin/conversaciones?view=unanswered'],
    ['list', words.views.failed, '/admin/instrucciones?status=failed'],
    ['list', words.views.waiting, '/admin/instrucciones?status=pending'],
    ['people', words.views.unassigned, '/admin/personas?assigned=false', true],
    ['tpv', words.views.awaiting, '/admin/tpvs?state=awaiting', true],
    ['tpv', words.views.offline, '/admin/tpvs?state=active&online=false'],
    ['message', words.views.unknown, '/admin/mensajes?status=unknown'],
  ] as const
).map(([icon, label, to, overseers = false]) => ({
  hit: { key: to, icon, label, href: to },
  called: label,
  overseers,
}));

const { commands } = words;
const ACTIONS: readonly Known[] = [
  {
    hit: { key: 'new-tpv', icon: 'plus', label: commands.newTpv, run: openNewTpv },
    called: `${commands.newTpv} ${words.commandsAlsoCalled.newTpv}`,
    changes: true,
  },
  {
    hit: { key: 'keys', icon: 'key', label: commands.keys, run: openKeys },
    called: `${commands.keys} ${words.commandsAlsoCalled.keys}`,
  },
  { hit: { key: 'theme', icon: 'half', label: commands.theme, run: nextTheme }, called: commands.theme },
];

function openKeys(): void {
  opened.value = 'keys';
}

/** The pages and actions that a term names; without one, all pages and actions. */
export function placesFor(term: string): HitGroup[] {
  const named = (known: readonly Known[]) =>
    known
      .filter(({ called }) => fits(called, term))
      .filter(({ changes, overseers }) => (!changes || canChange.value) && (!overseers || seesAll.value))
      .map(({ hit }) => hit);
  const views = term === '' ? [] : VIEWS;
  return [
    { name: words.groups.places, hits: named([...places.value, ...views]) },
    { name: words.groups.actions, hits: named(ACTIONS) },
  ];
}

/** The lists in which a text can be looked for: no index has texts, so a list looks through its rows, newest first. */
export function textsWith(term: string): HitGroup {
  const hits: Hit[] = (
    [
      ['/admin/instrucciones', 'list', words.texts.instructions],
      ['/admin/mensajes', 'message', words.texts.pushes],
    ] as const
  ).map(([path, icon, label]) => ({ key: path, icon, label: label(term), href: href(path, { text: term }) }));
  return { name: words.groups.elsewhere, hits };
}
