import { closeSync, fsyncSync, openSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { uuidv7 } from '../../src/ids.ts';

/** People and TPVs that had to do with the rows of the past; today's have other ids. */
export interface Past {
  people: number;
  tpvs: number;
}

const USUAL_PAST: Past = { people: 20_000, tpvs: 1 };
/** Rows of the past are spread over this long, up to now: retention leaves all of them. */
const PAST_MS = 86_400_000;

/** Makes a database with that many instructions that have ended, and their updates. */
export async function seed(path: string, rows: number, { people, tpvs }: Past = USUAL_PAST): Promise<void> {
  const made = openDatabase({ DATABASE_URL: `sqlite:${path}`, DATABASE_DURABILITY: 'full' });
  await migrate(made);
  await made.close();

  const db = new SqliteDatabase(path);
  // Nobody needs it after a crash; the hub opens it with its own settings.
  db.pragma('journal_mode = off');
  db.pragma('synchronous = off');
  const now = Date.now();
  const tpv = db.prepare(
    `insert into tpv_instances (id, name, endpoint_url, is_active, max_users, user_count, version, metadata, join_code, created_at)
     values (?, ?, 'http://127.0.0.1:9', 0, 100000, ?, '', '{}', ?, ?)`,
  );
  const person = db.prepare(
    `insert into telegram_users (telegram_id, username, first_name, last_name, language_code, is_active, tpv_id, created_at, last_interaction)
     values (?, ?, 'Luis', '', 'es', 1, ?, ?, ?)`,
  );
  const update = db.prepare(
    `insert into telegram_updates (update_id, kind, outcome, received_at) values (?, 'message', 'instruction', ?)`,
  );
  const instruction = db.prepare(
    `insert into instructions (id, update_id, tpv_id, telegram_user_id, telegram_username, command, payload, status,
       priority, created_at, sent_at, completed_at, expires_at, response)
     values (?, ?, ?, ?, ?, 'process_message', ?, 'completed', 5, ?, ?, ?, ?, '{"text":"ok"}')`,
  );
  db.transaction(() => {
    for (let i = 0; i < tpvs; i++) tpv.run(tpvId(i), `TPV ${i}`, Math.floor(people / tpvs), `past${i}`, now);
    for (let i = 0; i < people; i++) person.run(personId(i), `luis_${i}`, tpvId(i % tpvs), now, now);
    for (let i = 0; i < rows; i++) {
      const at = Math.round(now - PAST_MS + (i / rows) * PAST_MS);
      const payload = JSON.stringify({
        chat_id: personId(i % people),
        message_id: i,
        date: Math.floor(at / 1_000),
        text: 'Hola, quiero hacer un pedido: dos raciones de croquetas',
        first_name: 'Luis',
        attachments: [],
      });
      update.run(i, at);
      const who = i % people;
      instruction.run(uuidv7(at), i, tpvId(who % tpvs), personId(who), 'luis', payload, at, at, at, at + PAST_MS);
    }
  })();
  db.close();
  // What the disk still had to write would slow down the hub's first commits.
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

function personId(i: number): number {
  return 5_000_000 + i;
}

function tpvId(i: number): string {
  return `00000000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`;
}
