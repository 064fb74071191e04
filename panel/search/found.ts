import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../action.ts';
import { at, href } from '../address.ts';
import type { ApiError } from '../api.ts';
import { commandName } from '../command-name.ts';
import { fetchSome } from '../fetch-some.ts';
import { personName } from '../format.ts';
import { WRITING } from '../pages/user/composer.tsx';
import { searchWords as words } from '../words/search.ts';
import { instructionStates, pushStates, tpvStates } from '../words/states.ts';
import type { Hit, HitGroup } from './hits.ts';

/** What the hub knows of a term. */
export interface Found {
  /** Of which term; the search is over where it is the one that stands in the box. */
  term: string;
  groups: readonly HitGroup[];
  error?: ApiError;
}

/** So long after the last key the hub is asked. */
const TYPING_PAUSE_MS = 150;
const MOST_OF_A_KIND = 5;
/** By each the hub looks at tens of thousands of rows; a list goes on where that was not enough. */
const MOST_REQUESTS = 3;
/** The hub's longest name of a TPV. */
const LONGEST_TPV_TERM = 200;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const NOTHING: Found = { term: '', groups: [] };

/** Asks the hub for a term; what was found before stays until the answer is there. */
export function useFound(term: string): Found {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (term === '') return setFound(NOTHING);
    const gone = new AbortController();
    const ask = async () => {
      try {
        const groups = await lookUp(term, gone.signal);
        setFound({ term, groups });
      } catch (fault) {
        if (!gone.signal.aborted) setFound({ term, groups: [], error: asApiError(fault) });
      }
    };
    const timer = setTimeout(ask, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [term]);
  return found;
}

async function lookUp(term: string, signal: AbortSignal): Promise<HitGroup[]> {
  const first = { cursor: null, mostRequests: MOST_REQUESTS, signal };
  const [tpvs, people, ids] = await Promise.all([
    fetchSome(at('/api/admin/tpvs', { query: { q: term.slice(0, LONGEST_TPV_TERM), limit: MOST_OF_A_KIND } }), first),
    fetchSome(at('/api/admin/users', { query: { q: term, limit: MOST_OF_A_KIND } }), first),
    UUID.test(term) ? rowsOf(term, signal) : [],
  ]);
  return [
    {
      name: words.groups.tpvs,
      hits: tpvs.items.map((tpv) => ({
        key: tpv.id,
        icon: 'tpv',
        label: tpv.name,
        detail: tpvStates[tpv.state],
        href: `/admin/tpvs/${tpv.id}`,
      })),
    },
    {
      name: words.groups.people,
      hits: people.items.map((person) => ({
        key: String(person.telegram_id),
        icon: 'user',
        label: personName(person),
        detail: [person.username && `@${person.username}`, person.tpv?.name].filter(Boolean).join(' · '),
        href: href('/admin/conversaciones', { persona: person.telegram_id, [WRITING]: 'si' }),
      })),
    },
    { name: words.groups.ids, hits: ids },
  ];
}

/** What has this id: an instruction, or a message to a person. */
async function rowsOf(id: string, signal: AbortSignal): Promise<Hit[]> {
  const only = { cursor: null, mostRequests: 1, signal };
  const query = { text: id, limit: 1 };
  const [instructions, pushes] = await Promise.all([
    fetchSome(at('/api/admin/instructions', { query }), only),
    fetchSome(at('/api/admin/pushes', { query }), only),
  ]);
  return [
    ...instructions.items.map((row) => ({
      key: row.id,
      icon: 'list' as const,
      label: row.excerpt || commandName(row.command),
      detail: `${words.instruction} · ${instructionStates[row.status]}`,
      href: `/admin/instrucciones/${row.id}`,
    })),
    ...pushes.items.map((row) => ({
      key: row.id,
      icon: 'message' as const,
      label: row.excerpt || words.push,
      detail: `${words.push} · ${pushStates[row.status]}`,
      href: `/admin/mensajes/${row.id}`,
    })),
  ];
}
