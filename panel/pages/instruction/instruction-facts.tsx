import type { InstructionDetail } from '../../../src/admin/schemas/instructions.ts';
import { commandName } from '../../command-name.ts';
import { Card } from '../../components/card.tsx';
import { IdText } from '../../components/id-text.tsx';
import { KeyValue } from '../../components/key-value.tsx';
import { Time } from '../../components/time.tsx';
import { TpvLink } from '../../components/tpv-link.tsx';
import { UserLink } from '../../components/user-link.tsx';
import { number } from '../../format.ts';
import { instructionWords } from '../../words/instruction.ts';

const words = instructionWords.facts;

/** The instruction before this one, or after it. */
function Other({ id }: { id: string }) {
  return <a href={`/admin/instrucciones/${id}`}>{id}</a>;
}

/** What is known about an instruction besides its story. */
export function InstructionFacts({ instruction: row }: { instruction: InstructionDetail }) {
  return (
    <Card title={words.title}>
      <KeyValue
        rows={[
          [words.person, <UserLink user={row.user} />],
          [words.tpv, <TpvLink tpv={row.tpv} none={words.unassigned} />],
          [words.command, commandName(row.command)],
          [words.priority, number(row.priority)],
          [words.retries, number(row.retry_count)],
          [words.holder, row.holder === null ? undefined : words.holders[row.holder]],
          [words.created, <Time at={row.created_at} exact />],
          [words.expires, row.completed_at === null ? <Time at={row.expires_at} /> : undefined],
          [words.error, row.error_message === '' ? undefined : <span class="bad-text">{row.error_message}</span>],
          [words.retryOf, row.retry_of === null ? undefined : <Other id={row.retry_of} />],
          [words.retriedAs, row.retried_as === null ? undefined : <Other id={row.retried_as} />],
          [words.id, <IdText id={row.id} label={words.idCopy} />],
        ]}
      />
    </Card>
  );
}
