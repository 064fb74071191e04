import { tick } from './now.ts';

const TICK_MS = 5_000;

/** Keeps `now` moving while somebody looks. */
export function startClock(): void {
  const tickIfSeen = () => {
    if (!document.hidden) tick();
  };
  setInterval(tickIfSeen, TICK_MS);
  document.addEventListener('visibilitychange', tickIfSeen);
}
