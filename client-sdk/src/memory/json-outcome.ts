import type { Outcome } from './memory.ts';

/** A completed outcome that holds its response as JSON: it is written as often as it takes, and seldom read. */
export class JsonOutcome implements Outcome {
  readonly status = 'completed';
  readonly json: string;
  readonly reply: Outcome['reply'];

  constructor(json: string, reply: Outcome['reply']) {
    this.json = json;
    this.reply = reply;
  }

  /** A copy each time; the handler may go on changing what it returned. */
  get response(): unknown {
    return JSON.parse(this.json);
  }

  toJSON(): Outcome {
    return plainOutcome(this);
  }
}

/** As a TPV's own memory gets it: an object that can be copied like any other. */
export function plainOutcome(outcome: Outcome): Outcome {
  if (!(outcome instanceof JsonOutcome)) return outcome;
  const { status, response, reply } = outcome;
  return { status, response, ...(reply && { reply }) };
}

/** The response as JSON; undefined where there is none. */
export function responseJson(outcome: Outcome): string | undefined {
  if (outcome instanceof JsonOutcome) return outcome.json;
  return outcome.response === undefined ? undefined : JSON.stringify(outcome.response);
}
