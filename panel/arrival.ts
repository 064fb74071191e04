import { signal } from '@preact/signals';
import { asApiError } from './action.ts';
import { at } from './address.ts';
import { type ApiError, get } from './api.ts';
import { begin, end } from './session.ts';

/** Nobody has an account yet. */
export const setupNeeded = signal(false);
/** Why nobody knows who is here. */
export const arrivalFault = signal<ApiError | undefined>(undefined);

/** Finds out who opens the panel. Asks whether there is a session before it asks for one: a refusal looks like a fault. */
export async function arrive(): Promise<void> {
  arrivalFault.value = undefined;
  try {
    const state = await get(at('/api/admin/login'));
    setupNeeded.value = state.setup_needed;
    if (state.logged_in) begin(await get(at('/api/admin/session')));
    else end();
  } catch (fault) {
    arrivalFault.value = asApiError(fault);
  }
}
