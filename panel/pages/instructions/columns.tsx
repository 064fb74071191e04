import type { InstructionSummary } from '../../../src/admin/schemas/instructions.ts';
import { commandName } from '../../command-name.ts';
import type { Column } from '../../components/data-table.tsx';
import { Num } from '../../components/num.tsx';
import { InstructionBadge } from '../../components/status.tsx';
import { Time } from '../../components/time.tsx';
import { TpvLink } from '../../components/tpv-link.tsx';
import { UserLink } from '../../components/user-link.tsx';
import { instructionsWords } from '../../words/instructions.ts';

const { columns: titles, ...words } = instructionsWords;

/** What a list of instructions shows of each. */
export const INSTRUCTION_COLUMNS: readonly Column<InstructionSummary>[] = [
  {
    id: 'text',
    label: titles.text,
    main: true,
    width: 'wide',
    cell: ({ excerpt, command }) => (
      <>
        <span class="main-text clamp">{excerpt || words.noText}</span>
        <span class="sub-text">{commandName(command)}</span>
      </>
    ),
  },
  { id: 'status', label: titles.status, cell: ({ status }) => <InstructionBadge status={status} /> },
  { id: 'person', label: titles.person, cell: ({ user }) => <UserLink user={user} /> },
  { id: 'tpv', label: titles.tpv, cell: ({ tpv }) => <TpvLink tpv={tpv} none={words.unassigned} /> },
  {
    id: 'created',
    label: titles.created,
    orders: [
      { value: '', sort: 'descending' },
      { value: 'oldest', sort: 'ascending' },
    ],
    cell: (row) => <Time at={row.created_at} />,
  },
  {
    id: 'took',
    label: titles.took,
    align: 'end',
    width: 'narrow',
    phone: false,
    leaves: 2,
    cell: (row) =>
      row.completed_at === null ? (
        words.unfinished
      ) : (
        <Num value={Date.parse(row.completed_at) - Date.parse(row.created_at)} unit="ms" />
      ),
  },
  {
    id: 'retries',
    label: titles.retries,
    align: 'end',
    phone: false,
    leaves: 1,
    cell: (row) => <Num value={row.retry_count} />,
  },
];
