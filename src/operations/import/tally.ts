/** What is taken over. */
export const KINDS = ['tpvs', 'people', 'instructions', 'messages', 'buttons', 'origins'] as const;
export type Kind = (typeof KINDS)[number];

export interface Counts {
  /** Made, or to be made. */
  create: number;
  /** There already; they stay as they are. */
  present: number;
  left_out: number;
}

/** Counts what becomes of the former service's rows, and says why some are left out. */
export class Tally {
  readonly counts: Record<Kind, Counts> = {
    tpvs: none(),
    people: none(),
    instructions: none(),
    messages: none(),
    buttons: none(),
    origins: none(),
  };
  readonly problems: string[] = [];

  create(kind: Kind): void {
    this.counts[kind].create++;
  }

  present(kind: Kind): void {
    this.counts[kind].present++;
  }

  /** @param why a sentence; without one an operator need not know (it has ended, it expired) */
  leaveOut(kind: Kind, why?: string, count = 1): void {
    this.counts[kind].left_out += count;
    if (why !== undefined) this.problems.push(why);
  }

  /** Something to know about a row that is taken over. */
  remark(sentence: string): void {
    this.problems.push(sentence);
  }
}

function none(): Counts {
  return { create: 0, present: 0, left_out: 0 };
}
