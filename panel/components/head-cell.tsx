// biome-ignore-all lint/a11y/noRedundantRoles: laid out as cards, a table has no roles but those that are written.
import { query, setQuery } from '../router.ts';
import { Icon } from './icon.tsx';

/** An order in which the hub has a list: what `order` of the address says; '': that of its own accord. */
export interface Order {
  value: string;
  sort: 'ascending' | 'descending';
}

export interface HeadCellProps {
  label: string;
  look: string;
  /** Pressed, it goes through these. */
  orders: readonly Order[] | undefined;
}

/** What a column is called; where the list can go by it, the way to have it so. */
export function HeadCell({ label, look, orders }: HeadCellProps) {
  if (orders === undefined) {
    return (
      <th scope="col" role="columnheader" class={look}>
        {label}
      </th>
    );
  }
  const place = orders.findIndex(({ value }) => value === (query.value.get('order') ?? ''));
  const sort = orders[place]?.sort;
  const next = () => setQuery({ order: orders[(place + 1) % orders.length]?.value });
  return (
    <th scope="col" role="columnheader" class={`${look} sorts`} aria-sort={sort ?? 'none'}>
      <button type="button" class={sort === undefined ? 'sort' : 'sort here'} onClick={next}>
        {label}
        <Icon name={sort === 'ascending' ? 'up' : 'down'} />
      </button>
    </th>
  );
}
