import { html } from 'htm/preact';
import type { QuarantinedUpdate } from '../../src/admin/schemas/quarantine.ts';
import { Badge } from '../components/badge.ts';
import { type Column, DataTable } from '../components/data-table.ts';
import { Empty } from '../components/empty.ts';
import { Page } from '../components/page.ts';
import { Time } from '../components/time.ts';
import { Views } from '../components/views.ts';
import { useList } from '../list.ts';
import { query } from '../router.ts';
import { reasonText, quarantineWords as words } from '../words/quarantine.ts';

const PATH = '/admin/cuarentena';

const { columns: titles } = words;
const COLUMNS: readonly Column<QuarantinedUpdate>[] = [
  {
    id: 'excerpt',
    label: titles.excerpt,
    main: true,
    width: 'wide',
    cell: (update) => html`
      <span class="main-text">${updateName(update)}</span><span class="sub-text mono clamp">${update.excerpt}</span>
    `,
  },
  { id: 'outcome', label: titles.outcome, cell: ({ outcome }) => html`<${OutcomeBadge} outcome=${outcome} />` },
  { id: 'reason', label: titles.reason, cell: ({ reason }) => reasonText(reason) },
  { id: 'kind', width: 'narrow', label: titles.kind, phone: false, cell: ({ kind }) => html`<code>${kind}</code>` },
  { id: 'received', label: titles.received, cell: (update) => html`<${Time} at=${update.received_at} />` },
];

/** What came from Telegram and did not become an instruction. */
export function QuarantinePage() {
  const list = useList<QuarantinedUpdate>('/api/admin/quarantine', {
    key: ({ seq }) => String(seq),
    kind: 'update',
    filters: ['outcome'],
  });
  const kept = query.value.get('outcome') === 'kept';
  return html`
    <${Page} title=${words.title} lead=${words.lead}>
      <${Views}
        label=${words.views.label}
        path=${PATH}
        views=${[
          { label: words.views.all, filters: {} },
          { label: words.views.quarantined, filters: { outcome: 'quarantined' } },
          { label: words.views.kept, filters: { outcome: 'kept' } },
        ]}
      />
      <${DataTable}
        label=${words.title}
        list=${list}
        columns=${COLUMNS}
        rowKey=${({ seq }: QuarantinedUpdate) => String(seq)}
        rowName=${updateName}
        href=${({ seq }: QuarantinedUpdate) => `${PATH}/${seq}`}
        empty=${html`
          <${Empty} icon="shield" title=${kept ? words.empty.keptTitle : words.empty.title}>
            <p>${kept ? words.empty.keptText : words.empty.text}</p>
          <//>
        `}
      />
    <//>
  `;
}

/** What an update is called: by Telegram's number, else by the hub's. */
export function updateName({ update_id: id, seq }: Pick<QuarantinedUpdate, 'update_id' | 'seq'>): string {
  return id === null ? words.nameless(String(seq)) : words.name(String(id));
}

/** Whether an update was understood. */
export function OutcomeBadge({ outcome }: Pick<QuarantinedUpdate, 'outcome'>) {
  return html`<${Badge} tone=${outcome === 'quarantined' ? 'warn' : 'plain'}>${words.outcomes[outcome]}<//>`;
}
