import { useState } from 'preact/hooks';
import type { InstructionAction, InstructionSummary } from '../../src/admin/schemas/instructions.ts';
import { at } from '../address.ts';
import { commandName } from '../command-name.ts';
import { BulkBar } from '../components/bulk-bar.tsx';
import { Button } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { FilteredEmpty } from '../components/filtered-empty.tsx';
import { Filters } from '../components/filters.tsx';
import { later } from '../components/later.tsx';
import { Page } from '../components/page.tsx';
import { TpvFilter } from '../components/tpv-filter.tsx';
import { userName } from '../components/user-link.tsx';
import { Views } from '../components/views.tsx';
import { useList } from '../list.ts';
import { useSelection } from '../selection.ts';
import { canAttend, canChange } from '../session.ts';
import { instructionsWords as words } from '../words/instructions.ts';
import { commandNames, instructionStates } from '../words/states.ts';
import { InstructionActions } from './instruction/instruction-actions.tsx';
import { INSTRUCTION_COLUMNS } from './instructions/columns.tsx';

const BulkChange = later(async () => (await import('./instructions/bulk-change.tsx')).BulkChange);

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
  {
    name: 'command',
    label: words.filters.command,
    kind: 'select',
    options: Object.entries(commandNames).map(([value, label]) => ({ value, label })),
  },
  { name: 'telegram_user_id', label: words.filters.person, kind: 'text' },
  { name: 'from', label: words.filters.from, kind: 'time' },
  { name: 'to', label: words.filters.to, kind: 'time' },
] as const;

/** To be sent once more, what failed; to be cancelled, what is open. The rest is done where the whole story is read. */
function offered(row: InstructionSummary, reload: () => void) {
  const wanted = row.status === 'failed' ? 'retry' : 'cancel';
  if (!row.allowed.includes(wanted)) return null;
  return (
    <InstructionActions instruction={{ ...row, allowed: [wanted] }} size="small" reload={reload} onRetried={reload} />
  );
}

/** Every instruction, narrowed down by what stands in the address; several can be changed at once. */
export function InstructionsPage() {
  const selection = useSelection();
  const [changing, setChanging] = useState<InstructionAction | undefined>(undefined);
  const list = useList(at('/api/admin/instructions'), {
    key: ({ id }) => id,
    kind: 'instruction',
    filters: ['text', 'status', 'tpv_id', 'telegram_user_id', 'command', 'from', 'to', 'order'],
  });
  const done = () => {
    selection.value = new Set();
    list.reload();
  };
  return (
    <Page title={words.title} lead={words.lead}>
      <Views
        label={words.views.label}
        path={PATH}
        views={[
          { label: words.views.all, filters: {} },
          { label: words.views.pending, filters: { status: 'pending' } },
          { label: words.views.processing, filters: { status: 'processing' } },
          { label: words.views.failed, filters: { status: 'failed' } },
        ]}
      />
      <Filters fields={FIELDS} csv="/api/admin/instructions.csv">
        <TpvFilter />
      </Filters>
      <DataTable
        label={words.title}
        list={list}
        columns={INSTRUCTION_COLUMNS}
        rowKey={({ id }) => id}
        rowName={({ excerpt, command, user }) => words.rowName(excerpt || commandName(command), userName(user))}
        href={({ id }) => `${PATH}/${id}`}
        selection={canChange.value ? selection : undefined}
        actions={canAttend.value ? (row) => offered(row, list.reload) : undefined}
        empty={
          <FilteredEmpty words={words.empty} path={PATH}>
            <Empty icon="list" title={words.empty.title}>
              <p>{words.empty.text}</p>
              <Button href="/admin/webhook">{words.empty.action}</Button>
            </Empty>
          </FilteredEmpty>
        }
      />
      <BulkBar selection={selection}>
        {ACTIONS.map((action) => (
          <Button key={action} kind={action === 'cancel' ? 'danger' : 'plain'} onClick={() => setChanging(action)}>
            {words.bulk.open[action]}
          </Button>
        ))}
      </BulkBar>
      {changing ? (
        <BulkChange action={changing} ids={[...selection.value]} onClose={() => setChanging(undefined)} onDone={done} />
      ) : null}
    </Page>
  );
}
