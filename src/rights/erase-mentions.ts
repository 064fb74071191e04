import { linkedAccounts, unlink } from '../administrators/telegram-link.ts';
import { nextTurn } from '../clock.ts';
import { jsonText, parseJson } from '../db/json-text.ts';
import type { Database } from '../db/open.ts';
import { NOBODY } from '../users/nobody.ts';
import type { OpenRequest } from './request-store.ts';
import { updatesThatName } from './updates-that-name.ts';

/** Rows of a table that are looked at in one query. */
const PAGE = 200;

/** Calls `look` with page after page, in the order of their keys; other work runs in between. */
async function everyPage<R, K>(
  read: (after: K | undefined) => Promise<R[]>,
  keyOf: (row: R) => K,
  look: (page: R[]) => Promise<void>,
) {
  for (let after: K | undefined; ; ) {
    const page = await read(after);
    if (page.length === 0) return;
    await look(page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = keyOf(last);
    await nextTurn();
  }
}

/** Buttons whose message retention has taken already. */
export async function eraseLostButtons(db: Database, { telegram_id: telegramId }: OpenRequest): Promise<void> {
  await everyPage<{ token: string; push_id: string; telegram_user_id: number }, string>(
    (after = '') =>
      db.read
        .selectFrom('buttons')
        .select(['token', 'push_id', 'telegram_user_id'])
        .where('token', '>', after)
        .orderBy('token')
        .limit(PAGE)
        .execute(),
    ({ token }) => token,
    async (page) => {
      const tokens = page.filter((row) => row.telegram_user_id === telegramId).map(({ token }) => token);
      if (tokens.length === 0) return;
      await db.transact((tx) =>
        tx.kysely
          .deleteFrom('buttons')
          .where('token', 'in', tokens)
          // Those of a message that came after the person was back are theirs anew.
          .where('push_id', 'not in', (eb) =>
            eb.selectFrom('push_messages').select('id').where('chat_id', '=', telegramId),
          )
          .execute(),
      );
    },
  );
}

/** Updates that were put aside, and name the person wherever in them. */
export async function eraseUpdates(
  db: Database,
  { telegram_id: telegramId, asked_at: until }: OpenRequest,
): Promise<void> {
  for await (const page of updatesThatName(db, telegramId)) {
    const seqs = page.filter(({ received_at: at }) => at <= until).map(({ seq }) => seq);
    if (seqs.length === 0) continue;
    await db.transact(async (tx) => {
      await tx.kysely.deleteFrom('telegram_updates').where('seq', 'in', seqs).execute();
      for (const seq of seqs) tx.changed('update', String(seq));
    });
  }
}

/** Accounts of the panel that tell the person of their logins. */
export async function unlinkAccounts(db: Database, { telegram_id: telegramId }: OpenRequest): Promise<void> {
  await db.transact(async (tx) => {
    for (const { id } of await linkedAccounts(tx.kysely, telegramId)) await unlink(tx, id);
  });
}

interface Entry {
  seq: number;
  target_kind: string | null;
  target_id: string | null;
  target_name: string | null;
  details: string;
}

/** What the audit log says of the person: who did what stays, and not to whom. */
export async function eraseFromAudit(db: Database, { telegram_id: telegramId }: OpenRequest): Promise<void> {
  await everyPage<Entry, number>(
    (after = 0) =>
      db.read
        .selectFrom('audit_log')
        .select(['seq', 'target_kind', 'target_id', 'target_name', 'details'])
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(PAGE)
        .execute(),
    ({ seq }) => seq,
    async (page) => {
      const standing = await standingMessages(db, page);
      const changed = page.flatMap((entry) => withoutPerson(entry, telegramId, standing) ?? []);
      if (changed.length === 0) return;
      await db.transact(async (tx) => {
        for (const { seq, ...set } of changed) {
          await tx.kysely.updateTable('audit_log').set(set).where('seq', '=', seq).execute();
        }
        tx.changed('audit', '');
      });
    },
  );
}

/** Which of the messages that a page names are still some person's. */
async function standingMessages(db: Database, page: readonly Entry[]): Promise<Set<string>> {
  const ids = page.flatMap(({ target_kind: kind, target_id: id }) => (kind === 'push' && id !== null ? [id] : []));
  if (ids.length === 0) return new Set();
  const rows = await db.read
    .selectFrom('push_messages')
    .select('id')
    .where('id', 'in', ids)
    .where('chat_id', '!=', NOBODY)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** An entry as it stays; undefined: it does not name the person. */
function withoutPerson(entry: Entry, telegramId: number, standing: ReadonlySet<string>) {
  const { seq, target_kind: kind, target_id: id, target_name: name, details } = entry;
  const isPerson = kind === 'user' && id === String(telegramId);
  // An older hub wrote the beginning of a message's text there.
  const isMessage = kind === 'push' && name !== null && !standing.has(id ?? '');
  const before = parseJson<Record<string, unknown>>(details as never);
  const kept = jsonText(without(before, telegramId) as Record<string, unknown>);
  if (!isPerson && !isMessage && kept === details) return undefined;
  return {
    seq,
    target_id: isPerson ? null : id,
    target_name: isPerson || isMessage ? null : name,
    details: kept,
  };
}

/** A value without the person's id, and without what an administrator searched for: it may be their name. */
function without(value: unknown, telegramId: number): unknown {
  if (Array.isArray(value))
    return value.filter((one) => !names(one, telegramId)).map((one) => without(one, telegramId));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => !names(one, telegramId) && !(key === 'q' && typeof one === 'string'))
      .map(([key, one]) => [key, without(one, telegramId)]),
  );
}

function names(value: unknown, telegramId: number): boolean {
  return value === telegramId || value === String(telegramId);
}
