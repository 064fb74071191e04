import { html, useState } from 'htm/preact';
import type { InstructionAction, InstructionSummary } from '../../src/admin/schemas/instructions.ts';
import { BulkBar } from '../components/bulk-bar.ts';
import { Button } from '../components/button.ts';
import { DataTable } from '../components/data-table.ts';
import { Empty } from '../components/empty.ts';
import { FilteredEmpty } from '../components/filtered-empty.ts';
import { Filters } from '../components/filters.ts';
import { Page } from '../components/page.ts';
import { TpvFilter } from '../components/tpv-filter.ts';
import { userName } from '../components/user-link.ts';
import { Views } from '../components/views.ts';
import { useList } from '../list.ts';
import { useSelection } from '../selection.ts';
import { canChange } from '../session.ts';
import { instructionsWords as words } from '../words/instructions.ts';
import { instructionStates } from '../words/states.ts';
import { BulkChange } from './instructions/bulk-change.ts';
import { INSTRUCTION_COLUMNS } from './instructions/columns.ts';

const PATH = '/admin/instrucciones';
const ACTIONS = ['retry', 'cancel', 'reassign'] as const satisfies readonly InstructionAction[];

const FIELDS = [
  { name: 'text', label: words.filters.text, kind: 'search' },
  {
    name: 'status',
    label: words.filters.status,
    kind: 'select',
    options: Object.entries(instructionStates).map(([value, label]) => ({ value, label })),
  },
  { name: 'command', label: words.filters.command, kind: 'text' },
  { name: 'telegram_user_id', label: words.filters.person, kind: 'text' },
  { name: 'from', label: words.filters.from, kind: 'time' },
  { name: 'to', label: words.filters.to, kind: 'time' },
] as const;

/** Every instruction, narrowed down by what stands in the address; several can be changed at once. */
export function InstructionsPage() {
  const selection = useSelection();
  const [changing, setChanging] = useState<InstructionAction | undefined>(undefined);
  const list = useList<InstructionSummary>('/api/admin/instructions', {
    key: ({ id }) => id,
    kind: 'instruction',
    filters: ['text', 'status', 'tpv_id', 'telegram_user_id', 'command', 'from', 'to'],
  });
  const done = () => {
    selection.value = new Set();
    list.reload();
  };
  return html`
    <${Page} title=${words.title} lead=${words.lead}>
      <${Views}
        label=${words.views.label}
        path=${PATH}
        views=${[
          { label: words.views.all, filters: {} },
          { label: words.views.pending, filters: { status: 'pending' } },
          { label: words.views.processing, filters: { status: 'processing' } },
          { label: words.views.failed, filters: { status: 'failed' } },
        ]}
      />
      <${Filters} fields=${FIELDS} csv="/api/admin/instructions.csv"><${TpvFilter} /><//>
      <${DataTable}
        label=${words.title}
        list=${list}
        columns=${INSTRUCTION_COLUMNS}
        rowKey=${({ id }: InstructionSummary) => id}
        rowName=${({ excerpt, command, user }: InstructionSummary) => words.rowName(excerpt || command, userName(user))}
        href=${({ id }: InstructionSummary) => `${PATH}/${id}`}
        selection=${canChange.value ? selection : undefined}
        empty=${html`
          <${FilteredEmpty} words=${words.empty} path=${PATH}>
            <${Empty} icon="list" title=${words.empty.title}>
              <p>${words.empty.text}</p>
              <${Button} href="/admin/webhook">${words.empty.action}<//>
            <//>
          <//>
        `}
      />
      <${BulkBar} selection=${selection}>
        ${ACTIONS.map(
          (action) => html`
            <${Button} key=${action} kind=${action === 'cancel' ? 'danger' : 'plain'} onClick=${() => setChanging(action)}>
              ${words.bulk.open[action]}
            <//>
          `,
        )}
      <//>
      ${
        changing
          ? html`
              <${BulkChange}
                action=${changing}
                ids=${[...selection.value]}
                onClose=${() => setChanging(undefined)}
                onDone=${done}
              />
            `
          : null
      }
    <//>
  `;
}
