import { Refusal } from './refusal.ts';

/** What is said instead of the outcome. */
interface FalseAnswer {
  code: number;
  description: string;
  /** Seconds. */
  retryAfter?: number;
  /** As a page of a gateway before the Bot API, not in its JSON. */
  html?: true;
}

/** How a call goes wrong. The kinds with `_after` strike once it took effect: the caller can't know. */
export type Fault =
  | ({ kind: 'error' } & FalseAnswer)
  | ({ kind: 'error_after' } & FalseAnswer)
  /** No answer until the rule is removed or the emulator closes; then the connection is cut. */
  | { kind: 'hang' }
  | { kind: 'hang_after' }
  /** The connection is cut instead of an answer, with a TCP reset. */
  | { kind: 'reset' }
  | { kind: 'reset_after' }
  /** It takes so long, by the emulator's clock; the chat's other calls wait behind it. */
  | { kind: 'delay'; ms: number };

export interface FailRule {
  /** Any method where absent; file downloads are `downloadFile`. */
  method?: string;
  chatId?: number;
  /** How many calls it bends; all of them where absent. */
  times?: number;
  how: Fault;
}

interface ActiveRule {
  rule: FailRule;
  left: number;
  releases: Set<() => void>;
}

/** A fault that was taken for one call. `onRelease` runs where the rule is removed; returns how to forget it. */
export interface TakenFault {
  how: Fault;
  onRelease: (release: () => void) => () => void;
}

/** The faults that a test asked for, oldest rule first. */
export class Rules {
  readonly #active = new Set<ActiveRule>();

  add(rule: FailRule): () => void {
    const active: ActiveRule = { rule, left: rule.times ?? Number.POSITIVE_INFINITY, releases: new Set() };
    this.#active.add(active);
    return () => this.#remove(active);
  }

  take(method: string, chatId: number | undefined): TakenFault | undefined {
    for (const active of this.#active) {
      const { rule } = active;
      if (active.left <= 0) continue;
      if (rule.method !== undefined && rule.method.toLowerCase() !== method.toLowerCase()) continue;
      if (rule.chatId !== undefined && rule.chatId !== chatId) continue;
      active.left -= 1;
      return {
        how: rule.how,
        onRelease: (release) => {
          active.releases.add(release);
          return () => active.releases.delete(release);
        },
      };
    }
    return undefined;
  }

  close(): void {
    for (const active of this.#active) this.#remove(active);
  }

  #remove(active: ActiveRule): void {
    this.#active.delete(active);
    for (const release of active.releases) release();
    active.releases.clear();
  }
}

/** The refusal that a false answer stands for. */
export function refusalOf(how: FalseAnswer): Refusal {
  return new Refusal(how.code, how.description, how.retryAfter);
}
