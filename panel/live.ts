import { effect, signal } from '@preact/signals';
import type { ChangedKind, LiveChanges } from '../src/admin/schemas/live.ts';
import type { Overview } from '../src/admin/schemas/overview.ts';
import { at } from './address.ts';
import { ApiError, get } from './api.ts';
import { now, setHubTime } from './now.ts';
import { session } from './session.ts';

/** How the stream from the hub is. */
export type Connection = 'connecting' | 'connected' | 'lost';
/** The ids that changed, or `all` where they can't be told. */
export type Changed = ReadonlySet<string> | 'all';

const LEAST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

export const connection = signal<Connection>('connecting');
/** Since when nothing came from the hub; undefined while it does. */
export const lostSince = signal<number | undefined>(undefined);
/** The hub at a glance, as of a moment ago. */
export const overview = signal<Overview | undefined>(undefined);

const listeners = new Map<ChangedKind, Set<(changed: Changed) => void>>();

/** Calls `listener` whenever rows of a kind look otherwise. @returns how to stop it */
export function onChanges(kind: ChangedKind, listener: (changed: Changed) => void): () => void {
  const known = listeners.get(kind) ?? new Set();
  listeners.set(kind, known.add(listener));
  return () => known.delete(listener);
}

function tell(kind: ChangedKind, changed: Changed): void {
  for (const listener of listeners.get(kind) ?? []) listener(changed);
}

/** Whatever is shown may be stale. */
function tellAll(): void {
  for (const kind of listeners.keys()) tell(kind, 'all');
}

/** Keeps one stream open while somebody is logged in. */
export function startLive(): void {
  let stop: (() => void) | undefined;
  let known: string | undefined;
  effect(() => {
    // Another with each login, the same while it lasts.
    const login = session.value?.csrf_token;
    if (login === known) return;
    known = login;
    stop?.();
    stop = login === undefined ? undefined : openStream();
  });
}

function openStream(): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = LEAST_WAIT_MS;
  let interrupted = false;
  let over = false;

  const connect = () => {
    const stream = new EventSource('/api/admin/events');
    source = stream;
    stream.onopen = () => {
      waitMs = LEAST_WAIT_MS;
      connection.value = 'connected';
      lostSince.value = undefined;
      // A new stream doesn't know what the old one missed.
      if (interrupted) tellAll();
      interrupted = false;
    };
    stream.onerror = () => {
      if (over) return;
      connection.value = 'lost';
      lostSince.value ??= now.value;
      // While it is not closed, the browser itself tries again, and says where it stopped.
      if (stream.readyState !== EventSource.CLOSED) return;
      interrupted = true;
      void retry();
    };
    stream.addEventListener('overview', (event) => {
      const latest: Overview = JSON.parse(event.data);
      setHubTime(latest.now);
      overview.value = latest;
    });
    stream.addEventListener('changes', (event) => spread(JSON.parse(event.data)));
    stream.addEventListener('reset', tellAll);
  };

  const retry = async () => {
    // Refused: where the session is over, asking for it opens the login, and the next one opens its own stream.
    const isOver = await get(at('/api/admin/session')).then(
      () => false,
      (fault) => fault instanceof ApiError && fault.status === 401,
    );
    if (over || isOver) return;
    timer = setTimeout(connect, waitMs * (0.75 + Math.random() / 2));
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  };

  connection.value = 'connecting';
  connect();
  return () => {
    over = true;
    lostSince.value = undefined;
    clearTimeout(timer);
    source?.close();
    overview.value = undefined;
  };
}

function spread({ more, ...changes }: LiveChanges): void {
  for (const [kind, ids] of Object.entries(changes)) {
    // The keys of a parsed object are strings to the compiler; the hub's schema says which.
    const known = kind as ChangedKind;
    if (!more.includes(known)) tell(known, new Set(ids));
  }
  for (const kind of more) tell(kind, 'all');
}
