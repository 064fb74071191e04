import { useState } from 'preact/hooks';
import type { UserSummary } from '../../src/admin/schemas/users.ts';
import { at } from '../address.ts';
import { Badge } from '../components/badge.tsx';
import { BulkBar } from '../components/bulk-bar.tsx';
import { Button } from '../components/button.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { FilteredEmpty } from '../components/filtered-empty.tsx';
import { Filters } from '../components/filters.tsx';
import { Page } from '../components/page.tsx';
import { Time } from '../components/time.tsx';
import { TpvFilter } from '../components/tpv-filter.tsx';
import { TpvLink } from '../components/tpv-link.tsx';
import { Views } from '../components/views.tsx';
import { personName } from '../format.ts';
import { useList } from '../list.ts';
import { overview } from '../live.ts';
import { query } from '../router.ts';
import { useSelection } from '../selection.ts';
import { canChange, seesAll } from '../session.ts';
import { usersWords as words } from '../words/users.ts';
import { Assignment } from './users/assignment.tsx';

const PATH = '/admin/personas';

const FIELDS = [
  { name: 'q', label: words.search, kind: 'search' },
  {
    name: 'active',
    label: words.active,
    kind: 'select',
    options: [
      { value: 'true', label: words.activeOnly },
      { value: 'false', label: words.inactiveOnly },
    ],
  },
] as const;

const { columns: titles } = words;
const COLUMNS: readonly Column<UserSummary>[] = [
  {
    id: 'name',
    label: titles.name,
    main: true,
    cell: (user) => (
      <>
        <span class="main-text">{personName(user)}</span>
        {user.is_active ? null : (
          <>
            {' '}
            <Badge tone="plain">{words.inactive}</Badge>
          </>
        )}
      </>
    ),
  },
  {
    id: 'username',
    label: titles.username,
    cell: ({ username }) => (username === null ? words.noUsername : `@${username}`),
  },
  {
    id: 'tpv',
    label: titles.tpv,
    cell: ({ tpv }) => (tpv === null ? <Badge tone="warn">{words.unassigned}</Badge> : <TpvLink tpv={tpv} none="" />),
  },
  {
    id: 'seen',
    label: titles.seen,
    orders: [{ value: 'last_interaction', sort: 'descending' }],
    cell: (user) => <Time at={user.last_interaction} />,
  },
  {
    id: 'created',
    label: titles.created,
    phone: false,
    leaves: 2,
    orders: [{ value: '', sort: 'descending' }],
    cell: (user) => <Time at={user.created_at} />,
  },
  {
    id: 'id',
    label: titles.id,
    phone: false,
    leaves: 1,
    cell: (user) => <code>{user.telegram_id}</code>,
  },
];

/** Everybody who writes to the bot; those whom nobody serves are one tap away. */
export function UsersPage() {
  const selection = useSelection();
  const [assigning, setAssigning] = useState<string | undefined>(undefined);
  const list = useList(at('/api/admin/users'), {
    key: (user) => String(user.telegram_id),
    kind: 'user',
    filters: ['q', 'tpv_id', 'assigned', 'active', 'order'],
  });
  const unassigned = {
    label: words.views.unassigned,
    filters: { assigned: 'false' },
    count: overview.value?.users.unassigned,
  };
  const chosen = assigning === 'chosen' ? [...selection.value].map(Number) : [Number(assigning)];
  const names = new Map(list.rows.value.map((user) => [user.telegram_id, personName(user)]));
  return (
    <Page title={words.title} lead={words.lead}>
      <Views
        label={words.views.label}
        path={PATH}
        views={[
          { label: words.views.all, filters: {} },
          ...(seesAll.value ? [unassigned] : []),
          { label: words.views.inactive, filters: { active: 'false' } },
        ]}
      />
      <Filters fields={FIELDS} csv="/api/admin/users.csv">
        <TpvFilter />
      </Filters>
      <DataTable
        label={words.title}
        list={list}
        columns={COLUMNS}
        rowKey={(user) => String(user.telegram_id)}
        rowName={personName}
        href={(user) => `${PATH}/${user.telegram_id}`}
        selection={canChange.value ? selection : undefined}
        actions={
          canChange.value ? (user) => <Assign onAssign={() => setAssigning(String(user.telegram_id))} /> : undefined
        }
        empty={<NoUsers />}
      />
      <BulkBar selection={selection}>
        <Button kind="primary" onClick={() => setAssigning('chosen')}>
          {words.assign.open}
        </Button>
      </BulkBar>
      {assigning !== undefined ? (
        <Assignment
          ids={chosen}
          names={names}
          onClose={() => setAssigning(undefined)}
          onDone={() => {
            selection.value = new Set();
            list.reload();
          }}
        />
      ) : null}
    </Page>
  );
}

function Assign({ onAssign }: { onAssign(): void }) {
  return (
    <Button size="small" onClick={onAssign}>
      {words.assign.open}
    </Button>
  );
}

function NoUsers() {
  const { empty } = words;
  if (query.value.toString() === 'assigned=false') {
    return (
      <Empty icon="check" title={empty.unassignedTitle}>
        <p>{empty.unassignedText}</p>
      </Empty>
    );
  }
  return (
    <FilteredEmpty words={empty} path={PATH}>
      <Empty icon="people" title={empty.title}>
        <p>{empty.text}</p>
        <Button href="/admin/tpvs">{empty.action}</Button>
      </Empty>
    </FilteredEmpty>
  );
}
