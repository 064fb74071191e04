import { useState } from 'preact/hooks';
import type { QuarantinedUpdate } from '../../src/admin/schemas/quarantine.ts';
import { at } from '../address.ts';
import { Badge } from '../components/badge.tsx';
import { BulkBar } from '../components/bulk-bar.tsx';
import { Button } from '../components/button.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { Page } from '../components/page.tsx';
import { Time } from '../components/time.tsx';
import { Views } from '../components/views.tsx';
import { useList } from '../list.ts';
import { query } from '../router.ts';
import { useSelection } from '../selection.ts';
import { canChange } from '../session.ts';
import { reasonText, quarantineWords as words } from '../words/quarantine.ts';
import { Discard } from './quarantine/discard.tsx';

const PATH = '/admin/cuarentena';

const { columns: titles } = words;
const COLUMNS: readonly Column<QuarantinedUpdate>[] = [
  {
    id: 'excerpt',
    label: titles.excerpt,
    main: true,
    width: 'wide',
    cell: (update) => (
      <>
        <span class="main-text">{updateName(update)}</span>
        <span class="sub-text mono clamp">{update.excerpt}</span>
      </>
    ),
  },
  { id: 'outcome', label: titles.outcome, cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  { id: 'reason', label: titles.reason, cell: ({ reason }) => reasonText(reason) },
  { id: 'kind', width: 'narrow', label: titles.kind, phone: false, leaves: 1, cell: ({ kind }) => <code>{kind}</code> },
  { id: 'received', label: titles.received, cell: (update) => <Time at={update.received_at} /> },
];

/** What came from Telegram and did not become an instruction. */
export function QuarantinePage() {
  const list = useList(at('/api/admin/quarantine'), {
    key: ({ seq }) => String(seq),
    kind: 'update',
    filters: ['outcome'],
  });
  const selection = useSelection();
  const [discarding, setDiscarding] = useState<readonly number[] | undefined>(undefined);
  const kept = query.value.get('outcome') === 'kept';
  return (
    <Page title={words.title} lead={words.lead}>
      <Views
        label={words.views.label}
        path={PATH}
        views={[
          { label: words.views.all, filters: {} },
          { label: words.views.quarantined, filters: { outcome: 'quarantined' } },
          { label: words.views.kept, filters: { outcome: 'kept' } },
        ]}
      />
      <DataTable
        label={words.title}
        list={list}
        columns={COLUMNS}
        rowKey={({ seq }) => String(seq)}
        rowName={updateName}
        selection={canChange.value ? selection : undefined}
        href={({ seq }) => `${PATH}/${seq}`}
        actions={
          canChange.value
            ? ({ seq }) => (
                <Button size="small" onClick={() => setDiscarding([seq])}>
                  {words.discard.button}
                </Button>
              )
            : undefined
        }
        empty={
          <Empty icon="shield" title={kept ? words.empty.keptTitle : words.empty.title}>
            <p>{kept ? words.empty.keptText : words.empty.text}</p>
          </Empty>
        }
      />
      <BulkBar selection={selection}>
        <Button kind="danger" onClick={() => setDiscarding([...selection.value].map(Number))}>
          {words.discard.button}
        </Button>
      </BulkBar>
      {discarding ? (
        <Discard
          seqs={discarding}
          onClose={() => setDiscarding(undefined)}
          onDone={() => {
            selection.value = new Set();
          }}
        />
      ) : null}
    </Page>
  );
}

/** What an update is called: by Telegram's number, else by the hub's. */
export function updateName({ update_id: id, seq }: Pick<QuarantinedUpdate, 'update_id' | 'seq'>): string {
  return id === null ? words.nameless(String(seq)) : words.name(String(id));
}

/** Whether an update was understood. */
export function OutcomeBadge({ outcome }: Pick<QuarantinedUpdate, 'outcome'>) {
  return <Badge tone={outcome === 'quarantined' ? 'warn' : 'plain'}>{words.outcomes[outcome]}</Badge>;
}
