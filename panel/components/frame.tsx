import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { minute, number } from '../format.ts';
import { lostSince, overview } from '../live.ts';
import { opened } from '../opened.ts';
import { type Destination, destinations, type Section, sectionName } from '../sections.ts';
import { frameWords } from '../words/frame.ts';
import { searchWords } from '../words/search.ts';
import { Brand } from './brand.tsx';
import { Button } from './button.tsx';
import { ConnectionState } from './connection-state.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { Note } from './note.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import { Who } from './who.tsx';

/** What stands around every page: the way to the others, who is here, and whether what is shown is live. */
export function Frame({ section, children }: { section: Section | undefined; children?: ComponentChildren }): VNode {
  const [open, setOpen] = useState(false);
  const places = destinations.value;
  const elsewhere = places.every(({ id, bar }) => id !== section || !bar);
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    document.getElementById('main')?.focus();
  };
  const search = () => {
    opened.value = 'search';
  };
  return (
    <div class="frame">
      {/* biome-ignore lint/a11y/useValidAnchor: it goes to #main; the click only keeps the fragment out of the address. */}
      <a class="skip" href="#main" onClick={skip}>
        {frameWords.skip}
      </a>
      <header class="side">
        <Brand />
        <button type="button" class="search-open" aria-haspopup="dialog" onClick={search}>
          <Icon name="search" />
          <span>{searchWords.open}</span>
          <kbd>{searchWords.key}</kbd>
        </button>
        <nav class="places" aria-label={frameWords.navigation}>
          <ul>
            {places.map((place) => (
              <Place key={place.id} place={place} current={section} />
            ))}
          </ul>
        </nav>
        <div class="side-end">
          <ConnectionState />
          <div class="row">
            <Who />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <header class="top">
        <Brand />
        <ConnectionState />
        <Button kind="quiet" icon="search" label={searchWords.open} onClick={search} />
      </header>
      <main id="main" tabindex={-1} class={lostSince.value === undefined ? undefined : 'stale'}>
        {lostSince.value !== undefined && <Note tone="warn">{frameWords.stale(minute(lostSince.value))}</Note>}
        {children}
      </main>
      <nav class="bar" aria-label={frameWords.navigation}>
        <ul>
          {places
            .filter(({ bar }) => bar)
            .map((place) => (
              <Place key={place.id} place={place} current={section} />
            ))}
          <li>
            <button
              type="button"
              class={`place${elsewhere ? ' here' : ''}`}
              aria-haspopup="dialog"
              onClick={() => setOpen(true)}
            >
              <Icon name="menu" />
              <span>{frameWords.more}</span>
            </button>
          </li>
        </ul>
      </nav>
      {open && (
        <Dialog title={frameWords.menu} onClose={() => setOpen(false)}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link inside is a click, too. */}
          <nav class="places" aria-label={frameWords.menu} onClick={() => setOpen(false)}>
            <ul>
              {places.map((place) => (
                <Place key={place.id} place={place} current={section} />
              ))}
            </ul>
          </nav>
          <div class="side-end">
            <div class="row">
              <Who />
              <ThemeSwitch />
            </div>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function Place({ place, current }: { place: Destination; current: Section | undefined }): VNode {
  const { id, href, icon, pending } = place;
  const count = overview.value === undefined ? 0 : (pending?.(overview.value) ?? 0);
  return (
    <li>
      <a class={`place${id === current ? ' here' : ''}`} href={href} aria-current={id === current ? 'page' : undefined}>
        <Icon name={icon} />
        <span>{sectionName(id)}</span>
        {count > 0 && (
          <span class="pending">
            <span aria-hidden="true">{number(count)}</span>
            <span class="visually-hidden">, {frameWords.pending(number(count))}</span>
          </span>
        )}
      </a>
    </li>
  );
}
