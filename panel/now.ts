import { signal } from '@preact/signals';

/** Now, as the hub's clock has it; moves every few seconds so that relative times do. */
export const now = signal(Date.now());

let aheadMs = 0;

/** Sets this device's clock right by the hub's: what was a minute ago must not be in the future. */
export function setHubTime(iso: string): void {
  aheadMs = Date.parse(iso) - Date.now();
  tick();
}

/** Moves `now` on. */
export function tick(): void {
  now.value = Date.now() + aheadMs;
}
