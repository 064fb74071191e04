/** What a person may be told while no TPV takes their message; in one silence each is said at most once. */
export const SENTENCES = ['service.paused', 'service.closed', 'service.busy', 'offline', 'waiting'] as const;
export type Sentence = (typeof SENTENCES)[number];

/** Why something may be said: a message came, its TPV went offline, or an online TPV has not reported on it in time. */
export type Cause = 'message' | 'offline' | 'waiting';

/** How a TPV stands towards its people. */
export interface Standing {
  online: boolean;
  service: 'open' | 'busy' | 'paused' | 'closed';
}

/** Whether there is nothing to say of a TPV that stands so when a message comes. */
export function attends({ online, service }: Standing): boolean {
  return online && service === 'open';
}

/**
 * The one sentence that a cause calls for: the state of the service goes before being offline. Who has read that the
 * restaurant is paused or closed, and that the message is kept, need not hear that its TPV is off or slow.
 * @returns undefined if there is none
 */
export function sentenceFor(cause: Cause, { online, service }: Standing): Sentence | undefined {
  const isShut = service === 'paused' || service === 'closed';
  switch (cause) {
    case 'message':
      if (service !== 'open') return `service.${service}`;
      return online ? undefined : 'offline';
    case 'offline':
      return isShut || online ? undefined : 'offline';
    case 'waiting':
      return isShut || !online ? undefined : 'waiting';
    default:
      return cause satisfies never;
  }
}
