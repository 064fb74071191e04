import type { HandOut } from '../instructions/submit.ts';

/** This process has no sockets: a running hub finds the row. */
export const NOT_HERE: HandOut = { reserve: () => undefined, cancel: () => {}, deliver: () => {} };
