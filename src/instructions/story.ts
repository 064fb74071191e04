import { z } from 'zod';
import { parseJson } from '../db/json-text.ts';
import type { InstructionRow } from './instruction.ts';

/** What happened to an instruction, in the order in which it happens. */
export type Step = 'written' | 'received' | 'stored' | 'handed_out' | 'delivered' | 'completed' | 'failed';

export interface StoryStep {
  step: Step;
  /** Milliseconds since the epoch. */
  at: number;
  /** Milliseconds since the step before; null for the first. */
  afterMs: number | null;
}

/** Telegram counts in seconds. */
const dated = z.object({ date: z.int().positive() });

/**
 * An instruction's way from the person to its end, as far as it came. If it was handed out more than once, the last
 * time counts.
 * @param receivedAt when the hub got its update; undefined if it came from none
 */
export function storyOf(row: InstructionRow, receivedAt: number | undefined): StoryStep[] {
  const date = dated.safeParse(parseJson(row.payload)).data?.date;
  const end = row.status === 'completed' || row.status === 'failed' ? row.status : undefined;
  const moments: [Step, number | null | undefined][] = [
    // An administrator's retry carries the person's words, but they did not write it at that time.
    ['written', receivedAt === undefined || date === undefined ? undefined : date * 1_000],
    ['received', receivedAt],
    ['stored', row.created_at],
    ['handed_out', row.sent_at],
    ['delivered', row.delivered_at],
    ...(end === undefined ? [] : ([[end, row.completed_at]] satisfies [Step, number | null][])),
  ];
  const steps: StoryStep[] = [];
  for (const [step, at] of moments) {
    if (at === null || at === undefined) continue;
    const before = steps.at(-1);
    // Telegram's clock is another one.
    steps.push({ step, at, afterMs: before === undefined ? null : Math.max(0, at - before.at) });
  }
  return steps;
}
