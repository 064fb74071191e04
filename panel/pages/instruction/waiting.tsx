import type { InstructionDetail, Waits } from '../../../src/admin/schemas/instructions.ts';
import { Note } from '../../components/note.tsx';
import { Time } from '../../components/time.tsx';
import { number } from '../../format.ts';
import { instructionWords } from '../../words/instruction.ts';

const words = instructionWords.waits;

/** Codes under which nothing moves until somebody does something. */
const STUCK: ReadonlySet<Waits['code']> = new Set(['unassigned', 'tpv_inactive', 'tpv_offline']);

/** One sentence that says why an instruction waits, and since and until when. */
export function Waiting({ instruction, waits }: { instruction: InstructionDetail; waits: Waits }) {
  const { attempt, max_attempts: most } = waits;
  return (
    <Note tone={STUCK.has(waits.code) ? 'warn' : 'info'} title={words.title}>
      <p>
        {sentence(waits, instruction.tpv?.name ?? words.theTpv)}
        {attempt === null || most === null ? null : ` ${words.attempt(number(attempt), number(most))}`}
        {waits.instruction_id === null ? null : (
          <>
            {' '}
            <a href={`/admin/instrucciones/${waits.instruction_id}`}>{words.earlier}</a>
          </>
        )}
      </p>
      <p class="muted">
        {waits.since === null ? null : (
          <>
            {words.since} <Time at={waits.since} />.{' '}
          </>
        )}
        {waits.until === null ? null : (
          <>
            {words.until} <Time at={waits.until} />.
          </>
        )}
      </p>
    </Note>
  );
}

function sentence({ code, in_flight: inFlight, max_in_flight: most }: Waits, tpv: string): string {
  switch (code) {
    case 'unassigned':
      return words.unassigned;
    case 'earlier_one_in_flight':
      return words.earlier_one_in_flight;
    case 'window_full':
      if (inFlight === null || most === null) return words.window_full_plain(tpv);
      return words.window_full(tpv, number(inFlight), number(most));
    case 'tpv_inactive':
    case 'tpv_offline':
    case 'tpv_not_polling':
    case 'handed_out':
    case 'being_worked_on':
    case 'retry_at':
      return capitalised(words[code](tpv));
    default:
      return code satisfies never;
  }
}

/** Some sentences begin with the TPV, which may have no name here. */
function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
