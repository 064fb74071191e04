import type { SendOutcome } from './send-port.ts';

/** What becomes of a message after a try. */
export type Verdict =
  | { kind: 'settled'; status: 'sent' | 'failed' | 'unknown'; error: string; unreachablePerson: boolean }
  /** Telegram wants this chat (or all chats) to wait. */
  | { kind: 'limited'; waitMs: number; error: string }
  /** No message would get through now: the try says nothing about this one. */
  | { kind: 'outage'; error: string }
  /** It got no chance, and that says nothing about the others. */
  | { kind: 'again'; waitMs: number; error: string }
  /** The group has another id now. */
  | { kind: 'moved'; to: number; error: string };

/** Waits after such a try: 1, 2, 4 … 60 s (docs/reliability.md, "Outbound"). */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

const GONE = /chat not found|PEER_ID_INVALID/i;

/** Whether Telegram says that the bot can't write to a person: they blocked it, it never met them, or they are gone. */
export function isGone(code: number | null, description: string): boolean {
  return code === 403 || (code === 400 && GONE.test(description));
}

/** How long to wait after this many tries. */
export function backoff(tries: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1), LONGEST_WAIT_MS);
}

/**
 * Reads Telegram's answer.
 * @param tries how often it was tried, this time included
 * @param moved whether it already followed its group to a new id
 */
export function verdictOf(outcome: SendOutcome, tries: number, moved: boolean): Verdict {
  switch (outcome.kind) {
    case 'sent':
      return settled('sent', '');
    case 'unknown':
      return settled('unknown', outcome.description);
    case 'impossible':
      return settled('failed', outcome.description);
    case 'unreachable':
      return { kind: 'outage', error: outcome.description };
    case 'later':
      return { kind: 'again', waitMs: outcome.waitMs, error: outcome.description };
    case 'cut':
      return { kind: 'again', waitMs: backoff(tries), error: outcome.description };
    case 'refused':
      return refused(outcome, moved);
    default:
      return outcome satisfies never;
  }
}

function refused(outcome: Extract<SendOutcome, { kind: 'refused' }>, moved: boolean): Verdict {
  const { code, description: error, retryAfterMs, migratedTo } = outcome;
  if (code === 429) return { kind: 'limited', waitMs: retryAfterMs ?? FIRST_WAIT_MS, error };
  // The bot's token is not taken: the administrator's trouble, and no fault of any message.
  if (code === 401 || code === 404) return { kind: 'outage', error };
  if (migratedTo !== undefined && !moved) return { kind: 'moved', to: migratedTo, error };
  return { ...settled('failed', error), unreachablePerson: isGone(code, error) };
}

function settled(status: 'sent' | 'failed' | 'unknown', error: string): Extract<Verdict, { kind: 'settled' }> {
  return { kind: 'settled', status, error, unreachablePerson: false };
}
