import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { DeliverySettings, InstructionRow } from '../instructions/instruction.ts';
import { handOutAgain, instructionOfTpv } from '../instructions/instruction-store.ts';
import { endUnanswered, type UnansweredTexts } from '../instructions/sweep.ts';
import type { Sink } from './sink.ts';

export interface SilentPorts {
  db: Database;
  clock: Clock;
  settings: Pick<DeliverySettings, 'maxAttempts'>;
  texts: UnansweredTexts;
}

/** A row that a socket holds is due when it expires; the socket's own life is its lease. */
export const NO_LEASE = Number.MAX_SAFE_INTEGER;

/** What became of an instruction whose TPV said nothing; without `row` it is over, or another holder has it. */
export interface SilentOutcome {
  id: string;
  row: InstructionRow | undefined;
}

/**
 * Silent instructions go out once more, or fail after their last attempt; one commit for all of a socket.
 * @param done told of each, once that is committed
 */
export async function handOutSilent(
  { db, clock, texts, settings }: SilentPorts,
  sink: Sink,
  silent: readonly { id: string; attempt: number }[],
  done: (outcome: SilentOutcome) => void,
): Promise<void> {
  const now = clock.now();
  await db.transact(async (tx) => {
    for (const { id, attempt } of silent) {
      if (attempt >= settings.maxAttempts) {
        const [row] = await tx.run(instructionOfTpv, { id, tpvId: sink.tpvId });
        if (row?.holder === sink.id && row.status === 'sent') {
          await endUnanswered(tx, texts, row, 'no_answer', attempt, now, NO_LEASE);
        }
        tx.afterCommit(() => done({ id, row: undefined }));
        continue;
      }
      const [row] = await tx.run(handOutAgain, { id, holder: sink.id, now });
      tx.afterCommit(() => done({ id, row }));
    }
  });
}
