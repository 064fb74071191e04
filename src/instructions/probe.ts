import { isFinal, TEST_COMMAND, TEST_PRIORITY } from '#protocol';
import type { Clock } from '../clock.ts';
import { jsonText } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import type { EventSource } from '../events.ts';
import { NOBODY } from '../users/nobody.ts';
import { instructionById } from './instruction-store.ts';
import { type HandOut, submit } from './submit.ts';

export interface ProbePorts {
  db: Database;
  events: EventSource;
  handOut: HandOut;
  clock: Clock;
  /** Writes down who asked, in the same transaction. */
  record(tx: Tx, instructionId: string): Promise<void>;
}

/** How a TPV answered a test instruction; null if it did not. */
export interface ProbeResult {
  instructionId: string;
  /** From the commit to the first report, in milliseconds. */
  acknowledgedMs: number | null;
  /** From the commit to the report that ended it. */
  completedMs: number | null;
}

/** Long enough for a TPV that polls now and then; an older test tells nothing. */
const TEST_TTL_MS = 30_000;

/**
 * Sends a TPV a real instruction, before whatever else waits, and times its answer. A TPV that does not know the command
 * fails it, which is an answer too.
 * @param patienceMs how long the answer is waited for; 0 sends it all the same
 */
export async function probe(ports: ProbePorts, tpvId: string, patienceMs: number): Promise<ProbeResult> {
  const { db, events, handOut, clock } = ports;
  const answered = Promise.withResolvers<void>();
  const result: ProbeResult = { instructionId: '', acknowledgedMs: null, completedMs: null };
  let committedAt = 0;
  const stopListening = events.on('instruction.reported', ({ id, status }) => {
    if (id !== result.instructionId) return;
    const ms = performance.now() - committedAt;
    result.acknowledgedMs ??= ms;
    if (!isFinal(status)) return;
    result.completedMs = ms;
    answered.resolve();
  });
  const cancelPatience = clock.after(patienceMs, answered.resolve);
  try {
    await db.transact(async (tx) => {
      // Before the hook that sends it: a socket could answer while that one runs.
      tx.afterCommit(() => {
        committedAt = performance.now();
      });
      const submission = {
        updateId: null,
        tpvId,
        telegramUserId: NOBODY,
        telegramUsername: null,
        command: TEST_COMMAND,
        payload: jsonText({}),
        ttlMs: TEST_TTL_MS,
        priority: TEST_PRIORITY,
      };
      result.instructionId = await submit(tx, handOut, submission, clock.now());
      await ports.record(tx, result.instructionId);
    });
    if (patienceMs > 0) await answered.promise;
  } finally {
    stopListening();
    cancelPatience();
  }
  return result.completedMs === null ? asStored(db, result) : result;
}

/** Another process may have taken the report: the row has it then, by the hub's clock. */
async function asStored(db: Database, result: ProbeResult): Promise<ProbeResult> {
  const [row] = await db.query(instructionById, { id: result.instructionId });
  if (row === undefined) return result;
  const since = (at: number | null) => (at === null ? null : at - row.created_at);
  const completedMs = row.holder === null && row.error_message === '' ? since(row.completed_at) : null;
  return { ...result, acknowledgedMs: result.acknowledgedMs ?? since(row.delivered_at) ?? completedMs, completedMs };
}
