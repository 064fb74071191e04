import { reassignUser } from '../assignment/move-person.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { UsageError } from '../process/exit.ts';
import { askErasure } from '../rights/ask-erasure.ts';
import { type ListedUser, listUsers } from '../users/user-list.ts';
import type { Input, Result } from './command.ts';
import { atDesk, type Desk } from './database.ts';
import { findTpv } from './find-tpv.ts';
import { say, word } from './language/say.ts';
import { limitOf } from './limit.ts';
import { exportPerson } from './person-file.ts';
import { tableOf } from './table.ts';

/**
 * `user list`, `assign <telegram_id> <tpv>`, `export <telegram_id>` and `erase <telegram_id>`; works while the hub runs.
 * @throws UsageError, ConfigError, HubError
 */
export async function userCommand({ env, words: [action, ...rest], options }: Input): Promise<Result> {
  switch (action) {
    case 'list':
      if (rest.length > 0) throw new UsageError(say`"user list" takes no "${rest.join(' ')}".`);
      return atDesk(env, (desk) => list(desk, options));
    case 'assign': {
      const [user, tpv, ...more] = rest;
      if (tpv === undefined || more.length > 0) throw new UsageError(usageOf('assign'));
      const telegramId = idOf(user, usageOf('assign'));
      return atDesk(env, (desk) => assign(desk, telegramId, tpv));
    }
    case 'export':
    case 'erase': {
      const [user, ...more] = rest;
      if (more.length > 0) throw new UsageError(usageOf(action));
      const telegramId = idOf(user, usageOf(action));
      const file = typeof options.to === 'string' ? options.to : `person-${telegramId}.json`;
      return atDesk(env, (desk) =>
        action === 'erase' ? erase(desk, telegramId) : exportPerson(desk, telegramId, file),
      );
    }
    default:
      throw new UsageError(say`"user" takes list, assign, export or erase.`);
  }
}

function usageOf(action: 'assign' | 'export' | 'erase'): string {
  switch (action) {
    case 'assign':
      return say`"user assign" takes the Telegram id of a person and the id or the name of a TPV.`;
    case 'export':
      return say`"user export" takes the Telegram id of a person.`;
    case 'erase':
      return say`"user erase" takes the Telegram id of a person.`;
  }
}

function idOf(given: string | undefined, usage: string): number {
  if (given === undefined || !/^[1-9]\d{0,15}$/.test(given)) throw new UsageError(usage);
  return Number(given);
}

async function erase(desk: Desk, telegramId: number): Promise<Result> {
  await desk.change(
    async (tx) => {
      if (await askErasure(tx, telegramId, desk.now())) return;
      throw new HubError('not_found', say`Nobody with the id ${telegramId} has written yet.`);
    },
    // Who did it stays written down, and not to whom.
    () => ({ action: 'user.erase', target: { kind: 'user' } }),
  );
  const text = say`${telegramId} is unknown from now on. A running hub erases what is left within moments, and tells the person.`;
  return { data: { telegram_id: telegramId }, text };
}

async function list({ db, timeOf }: Desk, options: Input['options']): Promise<Result> {
  const { query, tpv, unassigned } = options;
  const { rows, next } = await listUsers(
    db,
    {
      q: typeof query === 'string' ? query : undefined,
      tpvId: typeof tpv === 'string' ? (await findTpv(db, tpv)).id : undefined,
      assigned: unassigned === true ? false : undefined,
    },
    undefined,
    limitOf(options),
  );
  const users = rows.map((user) => ({
    telegram_id: user.telegram_id,
    name: nameOf(user),
    username: user.username,
    is_active: user.is_active === 1,
    tpv: user.tpv_id === null ? null : { id: user.tpv_id, name: user.tpv_name },
    last_interaction: isoTime(user.last_interaction),
  }));
  const cells = rows.map((user) => [
    String(user.telegram_id),
    nameOf(user),
    user.username === null ? '' : `@${user.username}`,
    user.tpv_name ?? '–',
    word(user.is_active === 1 ? 'yes' : 'no'),
    timeOf(user.last_interaction),
  ]);
  const headings = ['telegram id', 'name', 'username', 'tpv', 'active', 'last seen'] as const;
  const text = cells.length === 0 ? say`Nobody is there who fits.` : tableOf(headings, cells);
  return {
    data: { users, more: next !== undefined },
    text: next === undefined ? text : `${text}\n${say`… and more: --limit, --query`}`,
  };
}

function nameOf({ first_name: first, last_name: last }: ListedUser): string {
  return `${first} ${last}`.trim();
}

async function assign(desk: Desk, telegramId: number, given: string): Promise<Result> {
  const tpv = await findTpv(desk.db, given);
  const outcome = await desk.change(
    async (tx) => {
      const moved = await reassignUser(tx, telegramId, tpv.id);
      if (moved === 'full') {
        throw new HubError('invalid_request', say`"${tpv.name}" is inactive or has no room: nobody was moved.`);
      }
      return moved;
    },
    () => ({
      action: 'user.assign',
      target: { kind: 'user', id: String(telegramId) },
      details: { tpv_id: tpv.id, tpv_name: tpv.name },
    }),
  );
  const text =
    outcome === 'unchanged'
      ? say`${telegramId} is "${tpv.name}"'s already.`
      : say`"${tpv.name}" attends ${telegramId} from now on.`;
  return { data: { telegram_id: telegramId, tpv_id: tpv.id, outcome }, text };
}
