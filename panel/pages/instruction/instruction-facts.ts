import { html } from 'htm/preact';
import type { InstructionDetail } from '../../../src/admin/schemas/instructions.ts';
import { Card } from '../../components/card.ts';
import { Code } from '../../components/code.ts';
import { IdText } from '../../components/id-text.ts';
import { KeyValue } from '../../components/key-value.ts';
import { Time } from '../../components/time.ts';
import { TpvLink } from '../../components/tpv-link.ts';
import { UserLink } from '../../components/user-link.ts';
import { number } from '../../format.ts';
import { instructionWords } from '../../words/instruction.ts';

const words = instructionWords.facts;

/** What is known about an instruction besides its story. */
export function InstructionFacts({ instruction: row }: { instruction: InstructionDetail }) {
  return html`
    <${Card} title=${words.title}>
      <${KeyValue}
        rows=${[
          [words.person, html`<${UserLink} user=${row.user} />`],
          [words.tpv, html`<${TpvLink} tpv=${row.tpv} none=${words.unassigned} />`],
          [words.command, html`<${Code} wrap>${row.command}<//>`],
          [words.priority, number(row.priority)],
          [words.retries, number(row.retry_count)],
          [words.holder, row.holder === null ? undefined : words.holders[row.holder]],
          [words.created, html`<${Time} at=${row.created_at} exact />`],
          [words.expires, row.completed_at === null ? html`<${Time} at=${row.expires_at} />` : undefined],
          [
            words.error,
            row.error_message === '' ? undefined : html`<span class="bad-text">${row.error_message}</span>`,
          ],
          [words.id, html`<${IdText} id=${row.id} label=${words.idCopy} />`],
        ]}
      />
    <//>
  `;
}
