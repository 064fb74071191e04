import type { TpvName } from '../../src/admin/schemas/tpvs.ts';

/** A TPV's name, which leads to it; `none` where there is none. */
export function TpvLink({ tpv, none }: { tpv: TpvName | null; none: string }) {
  if (tpv === null) return <span class="muted">{none}</span>;
  return <a href={`/admin/tpvs/${tpv.id}`}>{tpv.name}</a>;
}
