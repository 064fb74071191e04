import { randomBytes } from 'node:crypto';

/** Events that can be had again: two minutes of one after the other. */
const REMEMBERED = 256;

/**
 * The last events, each with its number, so that a stream that was cut can go on. Ids begin with what no
 * other process has: those of before a restart are unknown here.
 */
export class LiveHistory {
  readonly #epoch = randomBytes(6).toString('hex');
  readonly #events: string[] = [];
  /** How many there were. */
  #count = 0;

  /** Of the newest event. */
  get id(): string {
    return `${this.#epoch}-${this.#count}`;
  }

  /** Remembers an event that it numbers. @param write makes the event's text with its id */
  add(write: (id: string) => string): string {
    this.#count++;
    const event = write(this.id);
    this.#events.push(event);
    if (this.#events.length > REMEMBERED) this.#events.shift();
    return event;
  }

  /** Everything is forgotten: no stream was open for a while. */
  forget(): void {
    this.#events.length = 0;
    // A stream that comes back with the last id of before has missed something.
    this.#count++;
  }

  /** The events behind an id; undefined if it is unknown, or too long ago. */
  since(id: string): readonly string[] | undefined {
    const [epoch, number = '', ...more] = id.split('-');
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(number) || more.length > 0) return undefined;
    const missed = this.#count - Number(number);
    if (missed < 0 || missed > this.#events.length) return undefined;
    return missed === 0 ? [] : this.#events.slice(-missed);
  }
}
