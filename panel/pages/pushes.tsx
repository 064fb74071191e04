import type { PushSummary } from '../../src/admin/schemas/pushes.ts';
import { plainOfMarkup } from '../../src/admin/schemas/telegram-markup.ts';
import { at } from '../address.ts';
import { Button } from '../components/button.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { FilteredEmpty } from '../components/filtered-empty.tsx';
import { Filters } from '../components/filters.tsx';
import { Num } from '../components/num.tsx';
import { Page } from '../components/page.tsx';
import { PushWriter } from '../components/push-writer.tsx';
import { PushBadge } from '../components/status.tsx';
import { Time } from '../components/time.tsx';
import { TpvFilter } from '../components/tpv-filter.tsx';
import { UserLink, userName } from '../components/user-link.tsx';
import { Views } from '../components/views.tsx';
import { useList } from '../list.ts';
import { overview } from '../live.ts';
import { query } from '../router.ts';
import { canChange } from '../session.ts';
import { pushesWords as words } from '../words/pushes.ts';
import { pushStates } from '../words/states.ts';
import { PushActions } from './push/push-actions.tsx';

const PATH = '/admin/mensajes';
const STATES = ['pending', 'sent', 'failed', 'unknown'] as const;

const FIELDS = [
  { name: 'text', label: words.filters.text, kind: 'search' },
  {
    name: 'status',
    label: words.filters.status,
    kind: 'select',
    options: STATES.map((value) => ({ value, label: pushStates[value] })),
  },
  { name: 'telegram_user_id', label: words.filters.person, kind: 'text' },
  { name: 'from', label: words.filters.from, kind: 'time' },
  { name: 'to', label: words.filters.to, kind: 'time' },
] as const;

const { columns: titles } = words;
const COLUMNS: readonly Column<PushSummary>[] = [
  {
    id: 'text',
    label: titles.text,
    main: true,
    width: 'wide',
    cell: ({ excerpt, kind }) => (
      <>
        <span class="main-text clamp">{plainOfMarkup(excerpt) || words.kinds[kind]}</span>
        {kind === 'text' || excerpt === '' ? null : <span class="sub-text">{words.kinds[kind]}</span>}
      </>
    ),
  },
  { id: 'status', label: titles.status, cell: ({ status }) => <PushBadge status={status} /> },
  { id: 'person', label: titles.person, cell: ({ user }) => <UserLink user={user} /> },
  { id: 'tpv', label: titles.tpv, leaves: 2, cell: (push) => <PushWriter push={push} /> },
  { id: 'created', label: titles.created, cell: (row) => <Time at={row.created_at} /> },
  {
    id: 'error',
    label: titles.error,
    cell: ({ error_message: error }) =>
      error === '' ? <span class="muted">{words.noError}</span> : <span class="bad-text clamp">{error}</span>,
  },
  {
    id: 'attempts',
    label: titles.attempts,
    align: 'end',
    phone: false,
    leaves: 1,
    cell: ({ attempts }) => <Num value={attempts} />,
  },
];

function offered(push: PushSummary, reload: () => void) {
  if (push.status !== 'failed' && push.status !== 'unknown') return null;
  return <PushActions push={push} size="small" reload={reload} />;
}

/** Every message to a person; those of which nobody knows whether they arrived are one tap away. */
export function PushesPage() {
  const list = useList(at('/api/admin/pushes'), {
    key: ({ id }) => id,
    kind: 'push',
    filters: ['text', 'status', 'tpv_id', 'telegram_user_id', 'from', 'to'],
  });
  return (
    <Page title={words.title} lead={words.lead}>
      <Views
        label={words.views.label}
        path={PATH}
        views={[
          { label: words.views.all, filters: {} },
          { label: words.views.pending, filters: { status: 'pending' }, count: overview.value?.push.queued },
          { label: words.views.unknown, filters: { status: 'unknown' }, count: overview.value?.push.unknown },
          { label: words.views.failed, filters: { status: 'failed' } },
        ]}
      />
      <Filters fields={FIELDS} csv="/api/admin/pushes.csv">
        <TpvFilter />
      </Filters>
      <DataTable
        label={words.title}
        list={list}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        rowName={({ excerpt, kind, user }) =>
          words.rowName(plainOfMarkup(excerpt) || words.kinds[kind], userName(user))
        }
        href={({ id }) => `${PATH}/${id}`}
        actions={canChange.value ? (push) => offered(push, list.reload) : undefined}
        empty={<NoPushes />}
      />
    </Page>
  );
}

function NoPushes() {
  const { empty } = words;
  if (query.value.toString() === 'status=unknown') {
    return (
      <Empty icon="check" title={empty.unknownTitle}>
        <p>{empty.unknownText}</p>
      </Empty>
    );
  }
  return (
    <FilteredEmpty words={empty} path={PATH}>
      <Empty icon="message" title={empty.title}>
        <p>{empty.text}</p>
        <Button href="/admin/personas">{empty.action}</Button>
      </Empty>
    </FilteredEmpty>
  );
}
