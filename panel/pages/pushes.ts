import { html } from 'htm/preact';
import type { PushSummary } from '../../src/admin/schemas/pushes.ts';
import { Button } from '../components/button.ts';
import { type Column, DataTable } from '../components/data-table.ts';
import { Empty } from '../components/empty.ts';
import { FilteredEmpty } from '../components/filtered-empty.ts';
import { Filters } from '../components/filters.ts';
import { Num } from '../components/num.ts';
import { Page } from '../components/page.ts';
import { PushBadge } from '../components/status.ts';
import { Time } from '../components/time.ts';
import { TpvFilter } from '../components/tpv-filter.ts';
import { TpvLink } from '../components/tpv-link.ts';
import { UserLink, userName } from '../components/user-link.ts';
import { Views } from '../components/views.ts';
import { useList } from '../list.ts';
import { overview } from '../live.ts';
import { query } from '../router.ts';
import { plainOfMarkup } from '../telegram-markup.ts';
import { pushesWords as words } from '../words/pushes.ts';
import { pushStates } from '../words/states.ts';

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
    cell: ({ excerpt, kind }) => html`
      <span class="main-text clamp">${plainOfMarkup(excerpt) || words.kinds[kind]}</span>
      ${kind === 'text' || excerpt === '' ? null : html`<span class="sub-text">${words.kinds[kind]}</span>`}
    `,
  },
  { id: 'status', label: titles.status, cell: ({ status }) => html`<${PushBadge} status=${status} />` },
  { id: 'person', label: titles.person, cell: ({ user }) => html`<${UserLink} user=${user} />` },
  { id: 'tpv', label: titles.tpv, cell: ({ tpv }) => html`<${TpvLink} tpv=${tpv} none=${words.hub} />` },
  { id: 'created', label: titles.created, cell: (row) => html`<${Time} at=${row.created_at} />` },
  {
    id: 'error',
    label: titles.error,
    cell: ({ error_message: error }) =>
      error === ''
        ? html`<span class="muted">${words.noError}</span>`
        : html`<span class="bad-text clamp">${error}</span>`,
  },
  {
    id: 'attempts',
    label: titles.attempts,
    align: 'end',
    phone: false,
    cell: ({ attempts }) => html`<${Num} value=${attempts} />`,
  },
];

/** Every message to a person; those of which nobody knows whether they arrived are one tap away. */
export function PushesPage() {
  const list = useList<PushSummary>('/api/admin/pushes', {
    key: ({ id }) => id,
    kind: 'push',
    filters: ['text', 'status', 'tpv_id', 'telegram_user_id', 'from', 'to'],
  });
  return html`
    <${Page} title=${words.title} lead=${words.lead}>
      <${Views}
        label=${words.views.label}
        path=${PATH}
        views=${[
          { label: words.views.all, filters: {} },
          { label: words.views.pending, filters: { status: 'pending' }, count: overview.value?.push.queued },
          { label: words.views.unknown, filters: { status: 'unknown' }, count: overview.value?.push.unknown },
          { label: words.views.failed, filters: { status: 'failed' } },
        ]}
      />
      <${Filters} fields=${FIELDS} csv="/api/admin/pushes.csv"><${TpvFilter} /><//>
      <${DataTable}
        label=${words.title}
        list=${list}
        columns=${COLUMNS}
        rowKey=${({ id }: PushSummary) => id}
        rowName=${({ excerpt, kind, user }: PushSummary) => words.rowName(plainOfMarkup(excerpt) || words.kinds[kind], userName(user))}
        href=${({ id }: PushSummary) => `${PATH}/${id}`}
        empty=${html`<${NoPushes} />`}
      />
    <//>
  `;
}

function NoPushes() {
  const { empty } = words;
  if (query.value.toString() === 'status=unknown') {
    return html`<${Empty} icon="check" title=${empty.unknownTitle}><p>${empty.unknownText}</p><//>`;
  }
  return html`
    <${FilteredEmpty} words=${empty} path=${PATH}>
      <${Empty} icon="message" title=${empty.title}>
        <p>${empty.text}</p>
        <${Button} href="/admin/personas">${empty.action}<//>
      <//>
    <//>
  `;
}
