import type { TpvSummary } from '../../src/admin/schemas/tpvs.ts';
import { at } from '../address.ts';
import { Button } from '../components/button.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { FilteredEmpty } from '../components/filtered-empty.tsx';
import { Filters } from '../components/filters.tsx';
import { Num } from '../components/num.tsx';
import { Page } from '../components/page.tsx';
import { ServiceBadge } from '../components/service-badge.tsx';
import { TpvStateBadge } from '../components/status.tsx';
import { Time } from '../components/time.tsx';
import { Views } from '../components/views.tsx';
import { number } from '../format.ts';
import { useList } from '../list.ts';
import { overview } from '../live.ts';
import { openNewTpv } from '../opened.ts';
import { canChange, seesAll } from '../session.ts';
import { tpvStates } from '../words/states.ts';
import { tpvsWords as words } from '../words/tpvs.ts';
import { ApproveTpv } from './tpvs/approve-tpv.tsx';

const PATH = '/admin/tpvs';

const FIELDS = [
  { name: 'q', label: words.search, kind: 'search' },
  {
    name: 'state',
    label: words.state,
    kind: 'select',
    options: Object.entries(tpvStates).map(([value, label]) => ({ value, label })),
  },
  {
    name: 'online',
    label: words.online,
    kind: 'select',
    options: [
      { value: 'true', label: words.onlineOnly },
      { value: 'false', label: words.offlineOnly },
    ],
  },
] as const;

const { columns: titles } = words;
const COLUMNS: readonly Column<TpvSummary>[] = [
  {
    id: 'name',
    label: titles.name,
    main: true,
    cell: (tpv) => (
      <>
        <span class="main-text">{tpv.name}</span>
        <span class="sub-text">{tpv.endpoint_url}</span>
      </>
    ),
  },
  { id: 'state', label: titles.state, cell: state },
  { id: 'users', label: titles.users, align: 'end', width: 'narrow', cell: users },
  {
    id: 'backlog',
    label: titles.backlog,
    align: 'end',
    cell: (tpv) => (
      <span class={tpv.backlog > 0 ? 'strong' : 'muted'}>
        <Num value={tpv.backlog} />
      </span>
    ),
  },
  {
    id: 'heartbeat',
    label: titles.heartbeat,
    leaves: 3,
    cell: (tpv) => <Time at={tpv.last_heartbeat} empty={words.noSignal} />,
  },
  { id: 'version', label: titles.version, phone: false, leaves: 2, cell: ({ version }) => version || words.noVersion },
  {
    id: 'actions',
    width: 'narrow',
    label: titles.actions,
    cell: (tpv) => <ApproveTpv tpv={tpv} size="small" />,
  },
];

function state(tpv: TpvSummary) {
  return (
    <span class="row">
      <TpvStateBadge tpv={tpv} />
      {tpv.service.state === 'open' ? null : <ServiceBadge service={tpv.service} />}
    </span>
  );
}

function users({ user_count: count, max_users: max }: TpvSummary) {
  return <span class={count >= max ? 'strong' : ''}>{words.usersOf(number(count), number(max))}</span>;
}

/** Every TPV, those that wait for approval first in reach. */
export function TpvsPage() {
  const list = useList(at('/api/admin/tpvs'), {
    key: ({ id }) => id,
    kind: 'tpv',
    filters: ['q', 'state', 'online'],
  });
  const create = (
    <Button kind="primary" icon="plus" onClick={openNewTpv}>
      {words.create}
    </Button>
  );
  const columns = canChange.value ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'actions');
  return (
    <Page title={words.title} lead={words.lead} actions={canChange.value ? create : undefined}>
      <Views
        label={words.views.label}
        path={PATH}
        views={[
          { label: words.views.all, filters: {} },
          ...(seesAll.value
            ? [{ label: words.views.awaiting, filters: { state: 'awaiting' }, count: overview.value?.tpvs.awaiting }]
            : []),
          { label: words.views.offline, filters: { state: 'active', online: 'false' } },
        ]}
      />
      <Filters fields={FIELDS} csv="/api/admin/tpvs.csv" />
      <DataTable
        label={words.title}
        list={list}
        columns={columns}
        rowKey={({ id }) => id}
        rowName={({ name }) => name}
        href={({ id }) => `${PATH}/${id}`}
        empty={
          <FilteredEmpty words={words.empty} path={PATH}>
            <Empty icon="tpv" title={words.empty.title}>
              <p>{words.empty.text}</p>
              {canChange.value ? create : null}
            </Empty>
          </FilteredEmpty>
        }
      />
    </Page>
  );
}
