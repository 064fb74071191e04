import { beginToVacate, vacate } from '../assignment/vacate.ts';
import type { Transact, Tx } from '../db/open.ts';
import { isoTime } from '../iso-time.ts';
import { UsageError } from '../process/exit.ts';
import { activate, changeJoinCode, deactivate } from '../tpvs/edit.ts';
import { importKey, rotateKey } from '../tpvs/keys.ts';
import { registerTpv } from '../tpvs/register.ts';
import { rotateSigningSecret } from '../tpvs/signing-secret.ts';
import { allTpvs, DEFAULT_MAX_USERS, MOST_TPV_NAME_LENGTH } from '../tpvs/tpv.ts';
import { stateOf } from '../tpvs/tpv-list.ts';
import type { Input, Result } from './command.ts';
import { atDesk, type Desk } from './database.ts';
import { findTpv } from './find-tpv.ts';
import { say, word } from './language/say.ts';
import { readSecret } from './secret.ts';
import { tableOf } from './table.ts';
import { tpvService } from './tpv-service.ts';
import { tpvTestOrder } from './tpv-test-order.ts';

const ACTIONS = {
  list,
  register,
  activate: activateTpv,
  deactivate: deactivateTpv,
  'rotate-key': rotate,
  'rotate-secret': rotateSecret,
  'join-code': joinCode,
  'import-key': importInto,
} as const;

/**
 * `tpv <action>`; works while the hub runs.
 * @throws UsageError, ConfigError, HubError
 */
export async function tpvCommand({ env, words, options }: Input): Promise<Result> {
  const [action, subject, ...more] = words;
  if (action === 'service' && subject !== undefined && more.length <= 1) {
    return atDesk(env, (desk) => tpvService(desk, subject, more[0], options, env.TIME_ZONE));
  }
  if (action === 'test-order' && subject !== undefined && more.length === 0) {
    return atDesk(env, (desk) => tpvTestOrder(desk, subject, options, env.DEFAULT_LOCALE ?? 'es'));
  }
  if (action === undefined || !Object.hasOwn(ACTIONS, action)) {
    throw new UsageError(say`"tpv" takes ${Object.keys(ACTIONS).join(', ')}, and service and test-order with a TPV.`);
  }
  if (more.length > 0) throw new UsageError(say`"tpv ${action}" takes no "${more.join(' ')}".`);
  if (action === 'list') {
    if (subject !== undefined) throw new UsageError(say`"tpv list" takes no "${subject}".`);
    return atDesk(env, list);
  }
  if (subject === undefined) {
    throw new UsageError(
      say`"tpv ${action}" takes the ${action === 'register' ? say`name` : say`id or the name`} of a TPV.`,
    );
  }
  return atDesk(env, (desk) => ACTIONS[action as keyof typeof ACTIONS](desk, subject, options));
}

async function list({ db, timeOf }: Desk): Promise<Result> {
  const all = await db.query(allTpvs, {});
  const tpvs = all.map((tpv) => ({
    id: tpv.id,
    name: tpv.name,
    state: stateOf(tpv),
    is_active: tpv.is_active === 1,
    user_count: tpv.user_count,
    max_users: tpv.max_users,
    last_heartbeat: tpv.last_heartbeat === null ? null : isoTime(tpv.last_heartbeat),
  }));
  const rows = all.map((tpv) => [
    tpv.id,
    word(stateOf(tpv)),
    `${tpv.user_count}/${tpv.max_users}`,
    tpv.last_heartbeat === null ? word('never') : timeOf(tpv.last_heartbeat),
    tpv.name,
  ]);
  const text =
    rows.length === 0 ? say`No TPV has registered yet.` : tableOf(['id', 'state', 'users', 'last seen', 'name'], rows);
  return { data: { tpvs }, text };
}

async function register(desk: Desk, name: string, options: Input['options']): Promise<Result> {
  const endpointUrl = options['endpoint-url'];
  if (name.length > MOST_TPV_NAME_LENGTH)
    throw new UsageError(say`A name has ${MOST_TPV_NAME_LENGTH} characters at most.`);
  if (typeof endpointUrl !== 'string' || !/^https?:$/.test(URL.parse(endpointUrl)?.protocol ?? '')) {
    throw new UsageError(say`"tpv register" takes --endpoint-url: the http or https address of the TPV.`);
  }
  const registration = { name, endpointUrl, maxUsers: maxUsersOf(options), version: '', metadata: {} };
  const { id, apiKey, signingSecret } = await desk.change(
    (tx) => registerTpv(within(tx), registration, true, desk.now()),
    (made) => ({ action: 'tpv.create', target: { kind: 'tpv', id: made.id, name } }),
  );
  const text = say`"${name}" is registered and active.\nid      ${id}\nkey     ${apiKey}\nsecret  ${signingSecret}\nKey and signing secret are shown this once.`;
  return { data: { id, api_key: apiKey, signing_secret: signingSecret }, text };
}

function maxUsersOf(options: Input['options']): number {
  const given = options['max-users'];
  if (given === undefined) return DEFAULT_MAX_USERS;
  if (typeof given !== 'string' || !/^[1-9]\d{0,8}$/.test(given))
    throw new UsageError(say`--max-users takes a whole number from 1 on.`);
  return Number(given);
}

async function activateTpv(desk: Desk, given: string): Promise<Result> {
  const { id, name } = await findTpv(desk.db, given);
  await desk.change(
    (tx) => activate(tx, id, desk.now()),
    () => ({ action: 'tpv.activate', target: { kind: 'tpv', id, name } }),
  );
  return { data: { id, is_active: true }, text: say`"${name}" is active.` };
}

async function deactivateTpv(desk: Desk, given: string, options: Input['options']): Promise<Result> {
  const { users = 'keep' } = options;
  if (users !== 'keep' && users !== 'reassign') throw new UsageError(say`--users takes keep or reassign.`);
  const { id, name } = await findTpv(desk.db, given);
  await desk.change(
    async (tx) => {
      await deactivate(tx, id);
      if (users === 'reassign') await beginToVacate(tx, id);
    },
    () => ({ action: 'tpv.deactivate', target: { kind: 'tpv', id, name }, details: { users } }),
  );
  if (users === 'reassign') await vacate(desk.db, id);
  const what = users === 'keep' ? say`its users wait for it` : say`its users go to other TPVs`;
  return { data: { id, is_active: false, users }, text: say`"${name}" is inactive; ${what}.` };
}

async function rotate(desk: Desk, given: string): Promise<Result> {
  const { id, name } = await findTpv(desk.db, given);
  const { key, previousValidUntil } = await desk.change(
    (tx) => rotateKey(tx, id, desk.now()),
    () => ({ action: 'tpv.rotate_key', target: { kind: 'tpv', id, name } }),
  );
  const text = `${key}\n${say`The new key of "${name}", shown this once. The one before works until ${desk.timeOf(previousValidUntil)}.`}`;
  return { data: { id, api_key: key, previous_valid_until: isoTime(previousValidUntil) }, text };
}

async function rotateSecret(desk: Desk, given: string): Promise<Result> {
  const { id, name } = await findTpv(desk.db, given);
  const { secret, previousValidUntil } = await desk.change(
    (tx) => rotateSigningSecret(tx, id, desk.now()),
    () => ({ action: 'tpv.rotate_secret', target: { kind: 'tpv', id, name } }),
  );
  const text = `${secret}\n${say`The new signing secret of "${name}", shown this once. Calls are signed with the one before, too, until ${desk.timeOf(previousValidUntil)}.`}`;
  return { data: { id, signing_secret: secret, previous_valid_until: isoTime(previousValidUntil) }, text };
}

async function joinCode(desk: Desk, given: string, options: Input['options']): Promise<Result> {
  const tpv = await findTpv(desk.db, given);
  const target = { kind: 'tpv', id: tpv.id, name: tpv.name };
  const code =
    options.new === true
      ? (
          await desk.change(
            (tx) => changeJoinCode(tx, tpv.id),
            () => ({ action: 'tpv.join_code', target }),
          )
        ).joinCode
      : tpv.join_code;
  const text = `${code}\n${say`Who sends the bot "/start ${code}", or opens https://t.me/<bot>?start=${code}, comes to "${tpv.name}".`}`;
  return { data: { id: tpv.id, join_code: code }, text };
}

async function importInto(desk: Desk, given: string): Promise<Result> {
  const { id, name } = await findTpv(desk.db, given);
  const key = await readSecret(say`Key of "${name}": `, say`the key`);
  await desk.change(
    (tx) => importKey(within(tx), id, key, desk.now()),
    () => ({ action: 'tpv.import_key', target: { kind: 'tpv', id, name } }),
  );
  return { data: { id, imported: true }, text: say`"${name}" may now come with that key, besides those that it has.` };
}

/** A transaction that is open already, for what would begin one itself. */
function within(tx: Tx): Transact {
  return (run) => run(tx);
}
