import { HubClientError } from './errors.ts';

/** Gives `value` back where it is a whole number from 1; throws `invalid_options` with the option's `name` otherwise. */
export function atLeastOne(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new HubClientError('invalid_options', { detail: `${name}: it must be a whole number from 1` });
}
