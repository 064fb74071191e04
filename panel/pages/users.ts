import { html, useState } from 'htm/preact';
import type { UserSummary } from '../../src/admin/schemas/users.ts';
import { Badge } from '../components/badge.ts';
import { BulkBar } from '../components/bulk-bar.ts';
import { Button } from '../components/button.ts';
import { DataTable } from '../components/data-table.ts';
import { Empty } from '../components/empty.ts';
import { FilteredEmpty } from '../components/filtered-empty.ts';
import { Filters } from '../components/filters.ts';
import { Page } from '../components/page.ts';
import { Time } from '../components/time.ts';
import { TpvFilter } from '../components/tpv-filter.ts';
import { TpvLink } from '../components/tpv-link.ts';
import { Views } from '../components/views.ts';
import { personName } from '../format.ts';
import { useList } from '../list.ts';
import { overview } from '../live.ts';
import { query } from '../router.ts';
import { useSelection } from '../selection.ts';
import { canChange } from '../session.ts';
import { usersWords as words } from '../words/users.ts';
import { Assignment } from './users/assignment.ts';

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
const COLUMNS = [
  {
    id: 'name',
    label: titles.name,
    main: true,
    cell: (user: UserSummary) => html`
      <span class="main-text">${personName(user)}</span>
      ${user.is_active ? null : html` <${Badge} tone="plain">${words.inactive}<//>`}
    `,
  },
  {
    id: 'username',
    label: titles.username,
    cell: ({ username }: UserSummary) => (username === null ? words.noUsername : `@${username}`),
  },
  {
    id: 'tpv',
    label: titles.tpv,
    cell: ({ tpv }: UserSummary) =>
      tpv === null ? html`<${Badge} tone="warn">${words.unassigned}<//>` : html`<${TpvLink} tpv=${tpv} none="" />`,
  },
  { id: 'seen', label: titles.seen, cell: (user: UserSummary) => html`<${Time} at=${user.last_interaction} />` },
  {
    id: 'created',
    label: titles.created,
    phone: false,
    cell: (user: UserSummary) => html`<${Time} at=${user.created_at} />`,
  },
  {
    id: 'id',
    label: titles.id,
    phone: false,
    cell: (user: UserSummary) => html`<code>${user.telegram_id}</code>`,
  },
] as const;

/** Everybody who writes to the bot; those whom nobody serves are one tap away. */
export function UsersPage() {
  const selection = useSelection();
  const [assigning, setAssigning] = useState(false);
  const list = useList<UserSummary>('/api/admin/users', {
    key: (user) => String(user.telegram_id),
    kind: 'user',
    filters: ['q', 'tpv_id', 'assigned', 'active'],
  });
  const chosen = [...selection.value].map(Number);
  const names = new Map(list.rows.value.map((user) => [user.telegram_id, personName(user)]));
  return html`
    <${Page} title=${words.title} lead=${words.lead}>
      <${Views}
        label=${words.views.label}
        path=${PATH}
        views=${[
          { label: words.views.all, filters: {} },
          { label: words.views.unassigned, filters: { assigned: 'false' }, count: overview.value?.users.unassigned },
          { label: words.views.inactive, filters: { active: 'false' } },
        ]}
      />
      <${Filters} fields=${FIELDS} csv="/api/admin/users.csv"><${TpvFilter} /><//>
      <${DataTable}
        label=${words.title}
        list=${list}
        columns=${COLUMNS}
        rowKey=${(user: UserSummary) => String(user.telegram_id)}
        rowName=${personName}
        href=${(user: UserSummary) => `${PATH}/${user.telegram_id}`}
        selection=${canChange.value ? selection : undefined}
        empty=${html`<${NoUsers} />`}
      />
      <${BulkBar} selection=${selection}>
        <${Button} kind="primary" onClick=${() => setAssigning(true)}>${words.assign.open}<//>
      <//>
      ${
        assigning
          ? html`
              <${Assignment}
                ids=${chosen}
                names=${names}
                onClose=${() => setAssigning(false)}
                onDone=${() => {
                  selection.value = new Set();
                  list.reload();
                }}
              />
            `
          : null
      }
    <//>
  `;
}

function NoUsers() {
  const { empty } = words;
  if (query.value.toString() === 'assigned=false') {
    return html`<${Empty} icon="check" title=${empty.unassignedTitle}><p>${empty.unassignedText}</p><//>`;
  }
  return html`
    <${FilteredEmpty} words=${empty} path=${PATH}>
      <${Empty} icon="people" title=${empty.title}>
        <p>${empty.text}</p>
        <${Button} href="/admin/tpvs">${empty.action}<//>
      <//>
    <//>
  `;
}
