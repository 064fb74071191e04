// biome-ignore-all lint/a11y/noRedundantRoles: laid out as cards, a table has no roles but those that are written.
// biome-ignore-all lint/a11y/useSemanticElements: the same.
import type { Signal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { useKeys } from '../keys.ts';
import type { List } from '../list.ts';
import { frameWords } from '../words/frame.ts';
import { listWords } from '../words/list.ts';
import { ErrorBox } from './error-box.tsx';
import { HeadCell, type Order } from './head-cell.tsx';
import { useHeldRows } from './held-rows.ts';
import { ListEnd } from './list-end.tsx';
import { Loading } from './loading.tsx';
import { moveByKey } from './row-keys.ts';
import { SelectAll, SelectRow } from './selection.tsx';

export interface Column<Row> {
  id: string;
  label: string;
  cell: (row: Row) => ComponentChildren;
  align?: 'end';
  /** The row's heading: a link where the table has `href`, the card's title on a phone. */
  main?: boolean;
  /** False: not on a phone. */
  phone?: boolean;
  /** The first, second or third to leave where the table has no room for all; absent: it stays. */
  leaves?: 1 | 2 | 3;
  width?: 'narrow' | 'wide';
  /** The orders of the list that go by this column. */
  orders?: readonly Order[];
}

export interface DataTableProps<Row> {
  /** What the table holds, for who doesn't see the page's heading beside it. */
  label: string;
  list: List<Row>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  href?: (row: Row) => string;
  /** What a row's check box is called by. */
  rowName?: (row: Row) => string;
  /** The keys of the chosen rows; absent: none can be chosen. */
  selection?: Signal<ReadonlySet<string>>;
  /** What a row offers, shown where it is pointed at or gone to, and always by touch; null: nothing. */
  actions?: (row: Row) => ComponentChildren;
  /** Stands where no row is. */
  empty: ComponentChildren;
}

/** A list's rows: a table on a desk, cards on a phone. The roles are said aloud because cards are laid out as no table. */
export function DataTable<Row>(props: DataTableProps<Row>): VNode {
  const { label, list, columns, rowKey, href, rowName, selection, actions, empty } = props;
  const element = useRef<HTMLDivElement>(null);
  useKeys(element, moveByKey);
  const { rows, waiting, release } = useHeldRows(list, list.rows.value, rowKey);
  const error = list.error.value;
  if (list.state.value === 'failed') return <ErrorBox error={error} onRetry={list.reload} />;
  if (list.state.value === 'loading') return <Loading label={frameWords.loading} rows={8} />;
  const none = rows.length === 0 && !list.hasMore.value;
  return (
    <div class="data" ref={element}>
      {error && <ErrorBox error={error} onRetry={list.reload} />}
      <div class="fresh" role="status">
        {waiting > 0 && (
          <button type="button" onClick={release}>
            {listWords.fresh(waiting)}
          </button>
        )}
      </div>
      {none ? (
        empty
      ) : (
        <table class="table" role="table" aria-label={label}>
          <thead role="rowgroup">
            <tr role="row">
              {selection && (
                <th class="check" role="columnheader">
                  <SelectAll selection={selection} keys={rows.map(rowKey)} />
                  <span class="check-label" aria-hidden="true">
                    {listWords.all}
                  </span>
                </th>
              )}
              {columns.map((column) => (
                <HeadCell key={column.id} label={column.label} look={look(column)} orders={column.orders} />
              ))}
              {actions && (
                <th scope="col" class="acts" role="columnheader">
                  <span class="visually-hidden">{listWords.actions}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row) => {
              const key = rowKey(row);
              const chosen = selection?.value.has(key) ?? false;
              return (
                <tr key={key} role="row" class={chosen ? 'chosen' : undefined}>
                  {selection && (
                    <td class="check" role="cell">
                      <SelectRow selection={selection} rowKey={key} name={rowName?.(row) ?? listWords.row} />
                    </td>
                  )}
                  {columns.map((column) => (
                    <Cell key={column.id} column={column} row={row} href={href} />
                  ))}
                  {actions && <Actions>{actions(row)}</Actions>}
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <ListEnd list={list} />
    </div>
  );
}

function Actions({ children }: { children: ComponentChildren }): VNode {
  return (
    <td class="acts" role="cell">
      {children === null ? null : <div class="row-acts">{children}</div>}
    </td>
  );
}

function Cell<Row>({ column, row, href }: { column: Column<Row>; row: Row; href?: (row: Row) => string }): VNode {
  const inside = column.cell(row);
  if (!column.main)
    return (
      <td role="cell" class={look(column)} data-label={column.label}>
        {inside}
      </td>
    );
  return (
    <th scope="row" role="rowheader" class={look(column)}>
      {href === undefined ? (
        inside
      ) : (
        <a class="row-link" href={href(row)}>
          {inside}
        </a>
      )}
    </th>
  );
}

function look<Row>({ align, main, phone, leaves, width }: Column<Row>): string {
  const room = leaves && `leaves-${leaves}`;
  return [align, main && 'main', phone === false && 'desk', room, width].filter(Boolean).join(' ');
}
