import { HubError } from '../errors.ts';

/** Of 19 MiB and a thread of the pool each (S19). */
const MOST_AT_ONCE = 2;
/** About three seconds' worth; more is refused. */
const MOST_WAITING = 100;
/** Of one caller: as many as the login lets it try (S22). Others, who ask for less, find room. */
const MOST_OF_ONE = 50;

interface Waiter {
  begin(): void;
  giveUp(reason: HubError): void;
}

/**
 * Lets two passwords be hashed at once. Those that wait take turns by their callers, so that one who asks for many
 * delays another by one hash and not by all of them (docs/security.md, S32).
 */
export class HashingQueue {
  #running = 0;
  #waiting = 0;
  /** The callers in the order of their turns, each with what it waits for. */
  readonly #callers = new Map<string, Waiter[]>();

  /** @throws HubError `unavailable` if too many wait */
  async run<T>(caller: string, work: () => Promise<T>): Promise<T> {
    if (this.#running < MOST_AT_ONCE) this.#running++;
    else await this.#turn(caller);
    try {
      return await work();
    } finally {
      // The next waiter takes this one's place.
      const next = this.#next();
      if (next === undefined) this.#running--;
      else next.begin();
    }
  }

  #turn(caller: string): Promise<void> {
    const own = this.#callers.get(caller) ?? [];
    if (own.length >= MOST_OF_ONE) throw tooMany();
    if (this.#waiting >= MOST_WAITING) this.#makeRoom(own.length);
    const { promise, resolve: begin, reject: giveUp } = Promise.withResolvers<void>();
    own.push({ begin, giveUp });
    this.#callers.set(caller, own);
    this.#waiting++;
    return promise;
  }

  /** Sends the last of the caller away that waits for most, unless the new one's has as many. */
  #makeRoom(own: number): void {
    const [caller, most] = [...this.#callers].reduce((a, b) => (b[1].length > a[1].length ? b : a));
    if (most.length <= own + 1) throw tooMany();
    most.pop()?.giveUp(tooMany());
    if (most.length === 0) this.#callers.delete(caller);
    this.#waiting--;
  }

  #next(): Waiter | undefined {
    for (const [caller, own] of this.#callers) {
      const first = own.shift();
      // At the end of the line again, or out of it.
      this.#callers.delete(caller);
      if (own.length > 0) this.#callers.set(caller, own);
      if (first === undefined) continue;
      this.#waiting--;
      return first;
    }
    return undefined;
  }
}

function tooMany(): HubError {
  return new HubError('unavailable', 'Too many passwords wait to be checked.', { retryAfterSeconds: 5 });
}
