import { computed, signal } from '@preact/signals';
import type { Session } from '../src/admin/schemas/session.ts';
import { followLanguage } from './words/language.ts';

/** Who is logged in: `undefined` until the hub was asked, `null` for nobody. */
export const session = signal<Session | null | undefined>(undefined);

/** The session ended while somebody was at work; the login opens over the page. */
export const expired = signal(false);

/** Whether the person may change anything but their own account. */
export const canChange = computed(() => session.value?.role === 'admin');

/** Whether the person sees the whole hub, and not only their own TPVs. */
export const seesAll = computed(() => session.value?.role !== 'manager');

/** Whether the person may answer people, and say when a restaurant attends. */
export const canAttend = computed(() => canChange.value || session.value?.role === 'manager');

/** Where the clocks on the wall of this hub's people are. */
export const timeZone = computed(() => session.value?.time_zone ?? 'Europe/Madrid');

/** Takes what a login, a set-up or `GET /api/admin/session` answered. */
export function begin(state: Session): void {
  followLanguage(state.language);
  session.value = state;
  expired.value = false;
}

/** Forgets who was here. */
export function end(): void {
  session.value = null;
  expired.value = false;
}
