import type { AuditEntry } from '../../../src/admin/schemas/audit.ts';
import { auditWords as words } from '../../words/audit.ts';

/** Where the panel shows what an entry is about. */
const PLACES: Readonly<Record<string, string>> = {
  tpv: '/admin/tpvs/',
  user: '/admin/personas/',
  instruction: '/admin/instrucciones/',
  push: '/admin/mensajes/',
  update: '/admin/cuarentena/',
};

/** What an entry of the audit log is about, which leads to it where it has a page. */
export function AuditTarget({ target }: Pick<AuditEntry, 'target'>) {
  if (target === null) return <span class="muted">{words.none}</span>;
  const name = nameOf(target);
  const place = Object.hasOwn(PLACES, target.kind) ? PLACES[target.kind] : undefined;
  if (place === undefined) return <span class="wrap-anywhere">{name}</span>;
  return (
    <a class="wrap-anywhere" href={place + encodeURIComponent(target.id)}>
      {name}
    </a>
  );
}

/** An id that nobody knows by heart is no name, and neither is an instruction's command. */
function nameOf({ kind, id, name }: NonNullable<AuditEntry['target']>): string {
  if (name && kind !== 'instruction') return name;
  const kinds: Readonly<Record<string, string>> = words.targets;
  return Object.hasOwn(kinds, kind) ? (kinds[kind] ?? id) : id;
}
