import type { AuditEntry } from '../../src/admin/schemas/audit.ts';
import { at } from '../address.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { FilteredEmpty } from '../components/filtered-empty.tsx';
import { Filters } from '../components/filters.tsx';
import { Page } from '../components/page.tsx';
import { Time } from '../components/time.tsx';
import { useList } from '../list.ts';
import { auditActions, auditWords as words } from '../words/audit.ts';
import { auditSentence } from './audit/audit-sentence.ts';
import { AuditTarget } from './audit/audit-target.tsx';

const PATH = '/admin/auditoria';

const FIELDS = [
  { name: 'actor', label: words.filters.actor, kind: 'text' },
  {
    name: 'action',
    label: words.filters.action,
    kind: 'select',
    options: Object.entries(auditActions).map(([value, label]) => ({ value, label })),
  },
  { name: 'target_id', label: words.filters.target, kind: 'text' },
  { name: 'from', label: words.filters.from, kind: 'time' },
  { name: 'to', label: words.filters.to, kind: 'time' },
] as const;

const { columns: titles } = words;
const COLUMNS: readonly Column<AuditEntry>[] = [
  { id: 'sentence', label: titles.sentence, main: true, width: 'wide', cell: (entry) => auditSentence(entry) },
  { id: 'target', label: titles.target, cell: ({ target }) => <AuditTarget target={target} /> },
  { id: 'at', label: titles.at, cell: ({ at }) => <Time at={at} /> },
  {
    id: 'address',
    width: 'narrow',
    label: titles.address,
    phone: false,
    leaves: 1,
    cell: ({ address }) => <code>{address ?? words.none}</code>,
  },
];

/** Who did what, to what, and when. */
export function AuditPage() {
  const list = useList(at('/api/admin/audit'), {
    key: ({ seq }) => String(seq),
    kind: 'audit',
    filters: ['actor', 'action', 'target_id', 'from', 'to'],
  });
  return (
    <Page title={words.title} lead={words.lead} changes={false}>
      <Filters fields={FIELDS} csv="/api/admin/audit.csv" />
      <DataTable
        label={words.title}
        list={list}
        columns={COLUMNS}
        rowKey={({ seq }) => String(seq)}
        empty={
          <FilteredEmpty words={words.empty} path={PATH}>
            <Empty icon="history" title={words.empty.title}>
              <p>{words.empty.text}</p>
            </Empty>
          </FilteredEmpty>
        }
      />
    </Page>
  );
}
