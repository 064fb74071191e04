import type { Outcome } from './memory.ts';

/** A completed outcome that holds its response as JSON: it is written as often as it takes, and seldom read. */
export class JsonOutcome implements Outcome {
  readonly status = 'completed';
  readonly json: string;

  constructor(json: string) {
    this.json = json;
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
  return outcome instanceof JsonOutcome ? { status: outcome.status, response: outcome.response } : outcome;
}

/** The response as JSON; undefined where there is none. */
export function responseJson(outcome: Outcome): string | undefined {
  if (outcome instanceof JsonOutcome) return outcome.json;
  return outcome.response === undefined ? undefined : JSON.stringify(outcome.response);
}
