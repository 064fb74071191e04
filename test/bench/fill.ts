import { closeSync, fsyncSync, openSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { seed } from './seed.ts';

/** How much a database holds of everything, for a given number of instructions. */
export interface Filled {
  tpvs: number;
  people: number;
  instructions: number;
  pushes: number;
  /** The TPV that has half of all: its page and its figures cost the most. */
  busiestTpv: string;
}

const DAY_MS = 86_400_000;
const BUSIEST = '00000000-0000-7000-8000-000000000000';

/**
 * A database with that many instructions, as many messages, buttons, presses and entries of the audit log, and TPVs and
 * people in proportion. Half of everything is one TPV's; a part of it failed, waits, or was put aside.
 */
export async function fill(path: string, rows: number): Promise<Filled> {
  const tpvs = Math.max(2, Math.ceil(rows / 100));
  const people = Math.max(2, Math.ceil(rows / 10));
  await seed(path, rows, { people, tpvs });
  const db = new SqliteDatabase(path);
  db.pragma('journal_mode = off');
  db.pragma('synchronous = off');
  const now = Date.now();
  const run = (sql: string, values: Record<string, unknown> = {}) => db.prepare(sql).run({ now, rows, ...values });
  const numbers = `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < :rows)`;
  const uuid = `printf('%08x-%04x-7000-8000-%012x', ((:now - 86400000 + i * 86400000 / :rows) >> 16),
    ((:now - 86400000 + i * 86400000 / :rows) & 65535), i)`;
  const at = `(:now - 86400000 + i * 86400000 / :rows)`;
  const tpv = `case when i % 2 = 0 then '${BUSIEST}' else printf('00000000-0000-7000-8000-%012x', i % ${tpvs}) end`;
  db.transaction(() => {
    run(`update tpv_instances set is_active = 1, approved_at = created_at where rowid % 10 <> 0`);
    run(`update instructions set tpv_id = '${BUSIEST}' where seq % 2 = 0`);
    run(`update instructions set status = 'failed', error_message = 'expired' where seq % 10 = 3`);
    // What is open: some wait, some are in a TPV's hands, some found no TPV.
    const open = (status: string, rest: number, tpvId = 'tpv_id') =>
      run(
        `update instructions set status = :status, completed_at = null, response = null, tpv_id = ${tpvId},
           expires_at = :now + ${DAY_MS}, due_at = :now + ${DAY_MS} where seq % 20 = :rest`,
        { status, rest },
      );
    open('pending', 4);
    open('sent', 6);
    open('processing', 8);
    open('pending', 10, 'null');
    run(
      `${numbers} insert into push_messages (id, tpv_id, chat_id, kind, text, parse_mode, data, disable_notification, status,
         created_at, queued_at, sent_at, telegram_message_id, not_before)
       select ${uuid}, ${tpv}, ${5_000_000} + i % ${people}, 'text', 'Su pedido está listo', 'HTML', '{}', 0,
         case i % 10 when 1 then 'failed' when 2 then 'unknown' when 3 then 'pending' else 'sent' end,
         ${at}, ${at}, ${at}, i, case i % 10 when 3 then :now + ${DAY_MS} end from n`,
    );
    run(
      `${numbers} insert into buttons (token, push_id, tpv_id, telegram_user_id, action, data, single_use, expires_at)
       select printf('token-%d', i), ${uuid}, ${tpv}, ${5_000_000} + i % ${people}, 'ver', '{}', 1, :now + ${DAY_MS} from n`,
    );
    run(
      `${numbers} insert into presses (query_id, token, telegram_user_id, pressed_at, answered_at, settled_at)
       select printf('press-%d', i), printf('token-%d', i), ${5_000_000} + i % ${people}, ${at}, ${at}, ${at} from n`,
    );
    run(
      `${numbers} insert into audit_log (at, actor, action, target_kind, target_id, target_name, details, address)
       select ${at}, 'bench', case i % 3 when 0 then 'session.login' when 1 then 'tpv.edit' else 'user.assign' end,
         'tpv', '${BUSIEST}', 'TPV', '{}', '127.0.0.1' from n`,
    );
    run(
      `update telegram_updates set outcome = case seq % 20 when 1 then 'kept' else 'quarantined' end, reason = 'kind',
         raw = cast('{"update_id":1}' as blob) where seq % 20 < 2`,
    );
    run(
      `${numbers} insert or ignore into activity (minute, tpv_id, updates, instructions, completed, failed, pushes,
         pushes_failed, p50_ms, p99_ms)
       select (:now / 60000 - i / 500) * 60000,
         case i % 500 when 0 then '' else printf('00000000-0000-7000-8000-%012x', i % 500) end,
         1, 1, 1, 0, 1, 0, 5, 9 from n`,
    );
  })();
  db.close();
  bringToDisk(path);
  return { tpvs, people, instructions: rows, pushes: rows, busiestTpv: BUSIEST };
}

/** Else what is measured next waits for the disk, which has gigabytes of this to write meanwhile. */
function bringToDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
