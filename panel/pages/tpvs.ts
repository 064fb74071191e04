import { html, useState } from 'htm/preact';
import type { TpvSummary } from '../../src/admin/schemas/tpvs.ts';
import { Button } from '../components/button.ts';
import { DataTable } from '../components/data-table.ts';
import { Empty } from '../components/empty.ts';
import { FilteredEmpty } from '../components/filtered-empty.ts';
import { Filters } from '../components/filters.ts';
import { Num } from '../components/num.ts';
import { Page } from '../components/page.ts';
import { TpvStateBadge } from '../components/status.ts';
import { Time } from '../components/time.ts';
import { Views } from '../components/views.ts';
import { number } from '../format.ts';
import { useList } from '../list.ts';
import { overview } from '../live.ts';
import { canChange } from '../session.ts';
import { tpvStates } from '../words/states.ts';
import { tpvsWords as words } from '../words/tpvs.ts';
import { ApproveTpv } from './tpvs/approve-tpv.ts';
import { NewTpv } from './tpvs/new-tpv.ts';

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
const COLUMNS = [
  {
    id: 'name',
    label: titles.name,
    main: true,
    cell: (tpv: TpvSummary) =>
      html`<span class="main-text">${tpv.name}</span><span class="sub-text">${tpv.endpoint_url}</span>`,
  },
  { id: 'state', label: titles.state, cell: (tpv: TpvSummary) => html`<${TpvStateBadge} tpv=${tpv} />` },
  { id: 'users', label: titles.users, align: 'end', width: 'narrow', cell: users },
  {
    id: 'backlog',
    label: titles.backlog,
    align: 'end',
    cell: (tpv: TpvSummary) =>
      html`<span class=${tpv.backlog > 0 ? 'strong' : 'muted'}><${Num} value=${tpv.backlog} /></span>`,
  },
  {
    id: 'heartbeat',
    label: titles.heartbeat,
    cell: (tpv: TpvSummary) => html`<${Time} at=${tpv.last_heartbeat} empty=${words.noSignal} />`,
  },
  { id: 'version', label: titles.version, phone: false, cell: ({ version }: TpvSummary) => version || words.noVersion },
  {
    id: 'actions',
    width: 'narrow',
    label: titles.actions,
    cell: (tpv: TpvSummary) => html`<${ApproveTpv} tpv=${tpv} size="small" />`,
  },
];

function users({ user_count: count, max_users: max }: TpvSummary) {
  return html`<span class=${count >= max ? 'strong' : ''}>${words.usersOf(number(count), number(max))}</span>`;
}

/** Every TPV, those that wait for approval first in reach. */
export function TpvsPage() {
  const [creating, setCreating] = useState(false);
  const list = useList<TpvSummary>('/api/admin/tpvs', {
    key: ({ id }) => id,
    kind: 'tpv',
    filters: ['q', 'state', 'online'],
  });
  const create = html`<${Button} kind="primary" icon="plus" onClick=${() => setCreating(true)}>${words.create}<//>`;
  const columns = canChange.value ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'actions');
  return html`
    <${Page} title=${words.title} lead=${words.lead} actions=${canChange.value ? create : undefined}>
      <${Views}
        label=${words.views.label}
        path=${PATH}
        views=${[
          { label: words.views.all, filters: {} },
          { label: words.views.awaiting, filters: { state: 'awaiting' }, count: overview.value?.tpvs.awaiting },
          { label: words.views.offline, filters: { state: 'active', online: 'false' } },
        ]}
      />
      <${Filters} fields=${FIELDS} csv="/api/admin/tpvs.csv" />
      <${DataTable}
        label=${words.title}
        list=${list}
        columns=${columns}
        rowKey=${({ id }: TpvSummary) => id}
        rowName=${({ name }: TpvSummary) => name}
        href=${({ id }: TpvSummary) => `${PATH}/${id}`}
        empty=${html`
          <${FilteredEmpty} words=${words.empty} path=${PATH}>
            <${Empty} icon="tpv" title=${words.empty.title}>
              <p>${words.empty.text}</p>
              ${canChange.value ? create : null}
            <//>
          <//>
        `}
      />
      ${creating ? html`<${NewTpv} onClose=${() => setCreating(false)} />` : null}
    <//>
  `;
}
