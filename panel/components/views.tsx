import { href } from '../address.ts';
import { number } from '../format.ts';
import { query } from '../router.ts';

/** A list with some filters set, one tap away. */
export interface View {
  label: string;
  /** What it filters by; empty: everything. */
  filters: Readonly<Record<string, string>>;
  /** How many are in it, where that is known. */
  count?: number | undefined;
}

export interface ViewsProps {
  label: string;
  /** The list's own address. */
  path: string;
  views: readonly View[];
}

/** The views of a list as links; the one that the address shows is marked, whatever else is filtered. */
export function Views({ label, path, views }: ViewsProps) {
  const names = new Set(views.flatMap(({ filters }) => Object.keys(filters)));
  const isCurrent = ({ filters }: View) =>
    [...names].every((name) => (query.value.get(name) ?? '') === (filters[name] ?? ''));
  return (
    <nav class="views" aria-label={label}>
      {views.map((view) => (
        <a key={view.label} href={href(path, view.filters)} aria-current={isCurrent(view) ? 'page' : undefined}>
          {view.label}
          {view.count ? (
            <>
              {' '}
              <span class="count">{number(view.count)}</span>
            </>
          ) : null}
        </a>
      ))}
    </nav>
  );
}
