import { computed, signal } from '@preact/signals';
import type { Session } from '../src/admin/schemas/session.ts';

/** Who is logged in: `undefined` until the hub was asked, `null` for nobody. */
export const session = signal<Session | null | undefined>(undefined);

/** The session ended while somebody was at work; the login opens over the page. */
export const expired = signal(false);

/** Whether the person may change anything but their own account. */
export const canChange = computed(() => session.value?.role === 'admin');

/** Where the clocks on the wall of this hub's people are. */
export const timeZone = computed(() => session.value?.time_zone ?? 'Europe/Madrid');

/** Takes what a login, a set-up or `GET /api/admin/session` answered. */
export function begin(state: Session): void {
  session.value = state;
  expired.value = false;
}

/** Forgets who was here. */
export function end(): void {
  session.value = null;
  expired.value = false;
}
