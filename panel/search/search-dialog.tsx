// biome-ignore-all lint/a11y/noRedundantRoles: with its list, an input is no combo box to a screen reader by itself.
// biome-ignore-all lint/a11y/useSemanticElements: a list box whose options are links has no element of its own.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { navigate } from '../router.ts';
import { searchWords as words } from '../words/search.ts';
import { useFound } from './found.ts';
import type { Hit, HitGroup } from './hits.ts';
import { placesFor, textsWith } from './places.ts';

/** The hub takes no longer one. */
const LONGEST_TERM = 200;

/** One search for everything: pages and actions at once, people, TPVs and ids as the hub finds them. */
export function SearchDialog({ onClose }: { onClose(): void }) {
  const id = useId();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  // Enter came before the hub's answer: what it finds first is opened.
  const [eager, setEager] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const term = text.trim();
  const found = useFound(term);
  const searching = found.term !== term;
  const local = placesFor(term);
  const groups = [...local, ...(term === '' ? [] : [...found.groups, textsWith(term)])].filter(
    ({ hits }) => hits.length > 0,
  );
  const hits = groups.flatMap((group) => group.hits);
  const place = Math.max(
    0,
    hits.findIndex(({ key }) => key === chosen),
  );
  const current = hits[place];

  const open = (hit: Hit) => {
    onClose();
    if (hit.href !== undefined) navigate(hit.href);
    hit.run?.();
  };
  const isHere = local.some((group) => group.hits.some(({ key }) => key === current?.key));
  const enter = () => {
    if (current === undefined) return;
    if (searching && !isHere && chosen === undefined) setEager(true);
    else open(current);
  };
  useEffect(() => {
    if (eager && !searching && current !== undefined) open(current);
  }, [eager, searching]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [current?.key]);

  const type = (event: InputEvent & { currentTarget: HTMLInputElement }) => {
    setText(event.currentTarget.value);
    setChosen(undefined);
    setEager(false);
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen(hits.at((place + step) % hits.length)?.key);
    else if (event.key === 'Enter' && !event.isComposing) enter();
    // The browser's own Esc would only empty the box.
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div class="search-all">
        <div class="search-box">
          <Icon name="search" />
          <input
            type="search"
            role="combobox"
            aria-label={words.title}
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={current && `${id}-${current.key}`}
            aria-autocomplete="list"
            placeholder={words.placeholder}
            value={text}
            maxlength={LONGEST_TERM}
            // Preact's types want it said: the list is not one of the browser's own.
            list={undefined}
            autocomplete="off"
            spellcheck={false}
            autofocus
            onInput={type}
            onKeyDown={key}
          />
        </div>
        <p class="visually-hidden" role="status">
          {searching ? words.searching : words.count(hits.length)}
        </p>
        {found.error && !searching ? <p class="bad-text">{words.failed(found.error.message)}</p> : null}
        <div id={`${id}-list`} class="hits" ref={list} role="listbox" aria-label={words.results} aria-busy={searching}>
          {groups.map((group) => (
            <Group key={group.name} group={group} id={id} current={current} onOpen={open} />
          ))}
        </div>
        <p class="hint search-hint">{words.hint}</p>
      </div>
    </Dialog>
  );
}

interface GroupProps {
  group: HitGroup;
  /** Of the whole list; each hit's own begins with it. */
  id: string;
  current: Hit | undefined;
  onOpen(hit: Hit): void;
}

function Group({ group, id, current, onOpen }: GroupProps) {
  const press = (hit: Hit) => (event: MouseEvent) => {
    // Opened beside, as any link.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(hit);
  };
  return (
    <div role="group" aria-label={group.name}>
      <p class="hits-name" aria-hidden="true">
        {group.name}
      </p>
      {group.hits.map((hit) => (
        <a
          key={hit.key}
          id={`${id}-${hit.key}`}
          class="hit"
          role="option"
          aria-selected={hit.key === current?.key}
          tabindex={-1}
          href={hit.href ?? '#'}
          onClick={press(hit)}
        >
          <Icon name={hit.icon} />
          <span class="hit-label">{hit.label}</span>
          {hit.detail ? <small class="muted">{hit.detail}</small> : null}
        </a>
      ))}
    </div>
  );
}
