import type { InstructionDetail } from '../../src/admin/schemas/instructions.ts';
import { at } from '../address.ts';
import { commandName } from '../command-name.ts';
import { Card } from '../components/card.tsx';
import { JsonText } from '../components/json-text.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { InstructionBadge } from '../components/status.tsx';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canAttend } from '../session.ts';
import { shortened } from '../shortened.ts';
import { instructionWords as words } from '../words/instruction.ts';
import { InstructionActions } from './instruction/instruction-actions.tsx';
import { InstructionFacts } from './instruction/instruction-facts.tsx';
import { Replies } from './instruction/replies.tsx';
import { Story } from './instruction/story.tsx';
import { Waiting } from './instruction/waiting.tsx';

const LONGEST_TITLE = 80;

/** One instruction: its story from the update to the answer, why it waits, and what can be done about it. */
export function InstructionPage({ params }: PageProps) {
  const id = params.id ?? '';
  const resource = useResource(at('/api/admin/instructions/:id', { id }), {
    kinds: ['instruction'],
    ids: [id],
  });
  const row = resource.value;
  const actions =
    row && canAttend.value ? <InstructionActions instruction={row} reload={resource.reload} /> : undefined;
  return (
    <Page
      title={row ? shortened(row.excerpt || commandName(row.command), LONGEST_TITLE) : words.title}
      lead={row ? <InstructionBadge status={row.status} /> : undefined}
      back={{ href: '/admin/instrucciones', label: words.back }}
      actions={actions}
    >
      <Loaded resource={resource}>{(loaded) => <Whole instruction={loaded} reload={resource.reload} />}</Loaded>
    </Page>
  );
}

function Whole({ instruction, reload }: { instruction: InstructionDetail; reload(): void }) {
  const final = instruction.status === 'completed' || instruction.status === 'failed';
  return (
    <>
      {instruction.waits === null ? null : <Waiting instruction={instruction} waits={instruction.waits} />}
      <div class="columns">
        <Story steps={instruction.steps} />
        <InstructionFacts instruction={instruction} />
      </div>
      {instruction.replies.length === 0 ? null : <Replies instruction={instruction} reload={reload} />}
      <div class="columns">
        <Card title={words.payload}>
          <JsonText value={instruction.payload} label={words.copyPayload} />
        </Card>
        <Card title={words.response}>
          {instruction.response === null ? (
            <p class="muted">{final ? words.noResponseFinal : words.noResponse}</p>
          ) : (
            <JsonText value={instruction.response} label={words.copyResponse} />
          )}
        </Card>
      </div>
    </>
  );
}
