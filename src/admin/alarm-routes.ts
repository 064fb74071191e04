import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Account, accountIn, accountNamed, targetOf } from '../administrators/account.ts';
import type { Alarm } from '../alarms/alarm.ts';
import { alarmsFor, muteAlarms, mutedAlarms } from '../alarms/alarm-choice.ts';
import { listAlarms } from '../alarms/alarm-store.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { cursorOf, pageQuery } from './page.ts';
import { record } from './record.ts';
import {
  type AlarmChoice,
  alarmChoice,
  alarmChoiceChange,
  alarmFilters,
  alarmList,
  type ListedAlarm,
} from './schemas/alarms.ts';
import { scopeOf } from './scope.ts';
import { sessionOf } from './session-routes.ts';

export interface AlarmOptions {
  db: Database;
  now(): number;
}

const query = z.strictObject({ ...alarmFilters.shape, ...pageQuery(z.tuple([z.uuid()])) });

/** What the hub found by itself, and of what an account's person hears in Telegram. */
export async function adminAlarmRoutes(instance: FastifyInstance, options: AlarmOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db } = options;

  app.get(
    '/api/admin/alarms',
    {
      config: { right: 'see', reach: 'list' },
      schema: {
        summary: 'Las alarmas, de la más reciente a la más antigua',
        querystring: query,
        response: { 200: alarmList },
      },
    },
    async (request) => {
      const { limit, cursor, state } = request.query;
      const alarms = await listAlarms(db, state, cursor?.[0], limit, scopeOf(request));
      const last = alarms.at(-1);
      return {
        items: alarms.map(listed),
        next: last === undefined || alarms.length < limit ? null : cursorOf([last.id]),
      };
    },
  );

  const security = [{ AdminSession: [] }];

  app.get(
    '/api/admin/account/alarms',
    {
      config: { right: 'own' },
      schema: { security, summary: 'De qué alarmas se me avisa en Telegram', response: { 200: alarmChoice } },
    },
    async (request) => {
      const account = await accountNamed(db, sessionOf(request).name);
      if (account === undefined) throw new HubError('not_found', 'The account is gone.');
      return choiceOf(account);
    },
  );

  app.put(
    '/api/admin/account/alarms',
    {
      config: { right: 'own' },
      schema: {
        security,
        summary: 'Elige de qué alarmas se me avisa en Telegram',
        body: alarmChoiceChange,
        response: { 200: alarmChoice },
      },
    },
    async (request) => {
      const { muted } = request.body;
      const account = await db.transact(async (tx) => {
        const { id } = await accountIn(tx, sessionOf(request).accountId);
        await muteAlarms(tx, id, muted);
        const changed = await accountIn(tx, id);
        const details = { muted: mutedAlarms(changed) };
        await record(tx, options, request, { action: 'account.alarms', target: targetOf(changed), details });
        return changed;
      });
      return choiceOf(account);
    },
  );
}

function listed(alarm: Alarm): ListedAlarm {
  const { id, code, severity, since, count, tpv, detail, raisedAt, toldAt, endedAt } = alarm;
  const time = (ms: number | null) => (ms === null ? null : isoTime(ms));
  const times = { since: time(since), raised_at: isoTime(raisedAt), told_at: time(toldAt), ended_at: time(endedAt) };
  return { id, code, severity, count, tpv, detail, ...times };
}

function choiceOf(account: Account): AlarmChoice {
  const muted = new Set(mutedAlarms(account));
  return {
    linked: account.telegram_id !== null,
    items: alarmsFor(account).map((code) => ({ code, told: !muted.has(code) })),
  };
}
