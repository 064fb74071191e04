import { html } from 'htm/preact';
import type { InstructionDetail } from '../../src/admin/schemas/instructions.ts';
import { Card } from '../components/card.ts';
import { JsonText } from '../components/json-text.ts';
import { Loaded } from '../components/loaded.ts';
import { Page } from '../components/page.ts';
import { InstructionBadge } from '../components/status.ts';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { shortened } from '../shortened.ts';
import { instructionWords as words } from '../words/instruction.ts';
import { InstructionActions } from './instruction/instruction-actions.ts';
import { InstructionFacts } from './instruction/instruction-facts.ts';
import { Story } from './instruction/story.ts';
import { Waiting } from './instruction/waiting.ts';

const LONGEST_TITLE = 80;

/** One instruction: its story from the update to the answer, why it waits, and what can be done about it. */
export function InstructionPage({ params }: PageProps) {
  const id = params.id ?? '';
  const resource = useResource<InstructionDetail>(`/api/admin/instructions/${encodeURIComponent(id)}`, {
    kinds: ['instruction'],
    ids: [id],
  });
  const row = resource.value;
  const actions =
    row && canChange.value ? html`<${InstructionActions} instruction=${row} reload=${resource.reload} />` : undefined;
  return html`
    <${Page}
      title=${row ? shortened(row.excerpt || row.command, LONGEST_TITLE) : words.title}
      lead=${row ? html`<${InstructionBadge} status=${row.status} />` : undefined}
      back=${{ href: '/admin/instrucciones', label: words.back }}
      actions=${actions}
    >
      <${Loaded} resource=${resource}>${(loaded: InstructionDetail) => html`<${Whole} instruction=${loaded} />`}<//>
    <//>
  `;
}

function Whole({ instruction }: { instruction: InstructionDetail }) {
  const final = instruction.status === 'completed' || instruction.status === 'failed';
  return html`
    ${instruction.waits === null ? null : html`<${Waiting} instruction=${instruction} waits=${instruction.waits} />`}
    <div class="columns">
      <${Story} steps=${instruction.steps} />
      <${InstructionFacts} instruction=${instruction} />
    </div>
    <div class="columns">
      <${Card} title=${words.payload}>
        <${JsonText} value=${instruction.payload} label=${words.copyPayload} />
      <//>
      <${Card} title=${words.response}>
        ${
          instruction.response === null
            ? html`<p class="muted">${final ? words.noResponseFinal : words.noResponse}</p>`
            : html`<${JsonText} value=${instruction.response} label=${words.copyResponse} />`
        }
      <//>
    </div>
  `;
}
