import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ListedHub } from '../../src/admin/schemas/hubs.ts';
import { at } from '../address.ts';
import { Badge } from '../components/badge.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { Note, type Tone } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { Time } from '../components/time.tsx';
import { milliseconds, number } from '../format.ts';
import { useList } from '../list.ts';
import { overview } from '../live.ts';
import { hubsWords as words } from '../words/hubs.ts';

const TONES: Readonly<Record<ListedHub['state'], Tone>> = { up: 'good', draining: 'warn', silent: 'bad' };

const { columns: titles } = words;
const COLUMNS: readonly Column<ListedHub>[] = [
  {
    id: 'name',
    label: titles.name,
    main: true,
    width: 'wide',
    cell: ({ id, name, version, is_this: isThis }) => (
      <>
        <span class="main-text">
          {name} {isThis && <Badge tone="info">{words.isThis}</Badge>}
        </span>
        {/* Several on one machine have its name. */}
        <span class="sub-text">
          {version} · <span class="mono">{id.slice(-6)}</span>
        </span>
      </>
    ),
  },
  {
    id: 'state',
    label: titles.state,
    cell: ({ state }) => (
      <Badge tone={TONES[state]} dot>
        {words.states[state]}
      </Badge>
    ),
  },
  { id: 'sockets', label: titles.sockets, align: 'end', cell: ({ sockets }) => number(sockets) },
  { id: 'leads', label: titles.leads, cell: ({ leads }) => <Leads leads={leads} /> },
  {
    id: 'lag',
    label: titles.lag,
    cell: ({ lag_ms: lag }) => <span class="nowrap">{words.ago(milliseconds(lag))}</span>,
  },
  { id: 'since', label: titles.since, cell: ({ since }) => <Time at={since} /> },
];

/** The hubs that share the database: which live, and what each does for all. */
export function HubsPage(): VNode {
  const list = useList(at('/api/admin/hubs'), { key: ({ id }) => id });
  const seen = overview.value;
  // Each hub says every second that it is alive, which no row's change tells.
  useEffect(() => list.reload(), [list, seen]);
  const hubs = list.rows.value;
  return (
    <Page title={words.title} lead={words.lead} changes={false}>
      <Judgement hubs={hubs} />
      <DataTable
        label={words.title}
        list={list}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        empty={
          <Empty icon="server" title={words.none.title}>
            <p>{words.none.text}</p>
          </Empty>
        }
      />
    </Page>
  );
}

/** What is to be seen in the rows, in a sentence. */
function Judgement({ hubs }: { hubs: readonly ListedHub[] }): VNode | null {
  const [first, ...others] = hubs.filter(({ state }) => state !== 'silent');
  if (first === undefined) return null;
  const led = new Set(hubs.flatMap(({ leads }) => leads));
  if (led.size < 2) return <Note tone="bad">{words.nobodyLeads}</Note>;
  if (others.length === 0) return <Note tone="warn">{words.onlyOne}</Note>;
  const differing = [...new Set(hubs.flatMap(({ differs }) => differs))];
  if (differing.length > 0) return <Note tone="bad">{words.configured(differing.join(', '))}</Note>;
  if (others.some(({ version }) => version !== first.version)) return <Note tone="info">{words.differ}</Note>;
  return null;
}

function Leads({ leads }: Pick<ListedHub, 'leads'>): VNode {
  if (leads.length === 0) return <span class="muted">{words.leadsNothing}</span>;
  return (
    <>
      {leads.map((lease) => (
        <Badge key={lease}>{words.leads[lease]}</Badge>
      ))}
    </>
  );
}
