import type { TestHub } from './hub.ts';

/** Every item of a list, page by page, as the panel asks for them; fails where a page is longer than it may be. */
// biome-ignore lint/suspicious/noExplicitAny: items of every shape; the assertions are the check.
export async function everyItem(hub: TestHub, path: string, limit = 200): Promise<any[]> {
  const items = [];
  let cursor = '';
  do {
    const separator = path.includes('?') ? '&' : '?';
    const { status, body } = await hub.admin(`${path}${separator}limit=${limit}${cursor && `&cursor=${cursor}`}`);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    if (body.items.length > limit) throw new Error(`A page has ${body.items.length} items instead of ${limit}.`);
    items.push(...body.items);
    cursor = body.next ?? '';
  } while (cursor !== '');
  return items;
}

/** What the audit log says that administrators, scripts and the hub did, the oldest first; what TPVs do is left out. */
export async function auditOf({ hub }: TestHub) {
  const rows = await hub.db.read
    .selectFrom('audit_log')
    .selectAll()
    .where('actor', '!=', 'tpv')
    .orderBy('seq')
    .execute();
  return rows.map(({ actor, action, target_id: id, target_name: name, details }) => ({
    actor,
    action,
    id,
    name,
    // Written by the hub.
    details: JSON.parse(details) as Record<string, unknown>,
  }));
}

/** What changed, as those who watch hear it. */
export function changesOf({ hub }: TestHub): string[] {
  const heard: string[] = [];
  hub.events.on('changed', ({ what, id }) => heard.push(`${what} ${id}`));
  return heard;
}
