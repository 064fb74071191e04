import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SOLO } from '../../src/cluster/cluster.ts';
import { jsonText } from '../../src/db/json-text.ts';
import { BACKLOG_LIMIT, backlogQueries, MOST_TPVS, readBacklog } from '../../src/observability/backlog.ts';
import { createMetrics } from '../../src/observability/metrics/metrics.ts';
import { readings } from '../../src/observability/readings.ts';
import { Presence } from '../../src/tpvs/presence/presence.ts';
import { buttonScene } from '../support/buttons.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { patience, WAIT_MS } from '../support/within.ts';

const PATIENCE = { timeout: WAIT_MS };

/** The series of a hub, `name{labels}` to value. */
async function seriesOf(hub: TestHub): Promise<Map<string, number>> {
  const { status, body } = await hub.fetch('/metrics');
  expect(status).toBe(200);
  const lines = String(body)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** Those whose name is this one. */
async function family(hub: TestHub, name: string): Promise<Record<string, number>> {
  const all = await seriesOf(hub);
  return Object.fromEntries([...all].filter(([series]) => series === name || series.startsWith(`${name}{`)));
}

describe('updates', () => {
  test('are counted by kind and outcome; kinds that somebody made up are one', async () => {
    const hub = await startHub();
    await hub.tpv();
    await hub.message(1, 'Hola');
    await hub.message(1, 'Hola');
    for (let i = 0; i < 5; i++) await hub.update({ update_id: 10 + i, [`made_up_${i}`]: {} });
    await hub.update('no update at all');
    expect(await family(hub, 'hub_updates_total')).toEqual({
      'hub_updates_total{kind="message",outcome="instruction"}': 1,
      'hub_updates_total{kind="message",outcome="duplicate"}': 1,
      'hub_updates_total{kind="other",outcome="kept"}': 5,
      'hub_updates_total{kind="other",outcome="quarantined"}': 1,
    });
    expect((await seriesOf(hub)).get('hub_webhook_seconds_count')).toBe(8);
  });

  test('that share a commit are seen in its size', async () => {
    const hub = await startHub();
    await hub.tpv();
    const before = await seriesOf(hub);
    await Promise.all(Array.from({ length: 40 }, (_, i) => hub.message(i + 1, 'Hola', 2_000 + i)));
    const after = await seriesOf(hub);
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('hub_commit_transactions_sum')).toBeGreaterThanOrEqual(40);
    expect(grown('hub_commit_transactions_count')).toBeLessThanOrEqual(grown('hub_commit_transactions_sum'));
    expect(grown('hub_commit_seconds_count')).toBe(grown('hub_commit_transactions_count'));
  });
});

describe('an instruction', () => {
  test('over a socket is counted in each of its states, and timed to hand-out, first report and end', async () => {
    // The clock stands still: all reports come within one millisecond.
    const hub = await startHub({ clock: testClock() });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { instruction } = await socket.next('instruction');
    for (const status of ['delivered', 'processing', 'processing', 'completed'] as const) {
      await socket.report(instruction.id, status);
    }
    expect(await family(hub, 'hub_instruction_transitions_total')).toMatchObject({
      'hub_instruction_transitions_total{to="pending",by="hub"}': 1,
      'hub_instruction_transitions_total{to="sent",by="socket"}': 1,
      'hub_instruction_transitions_total{to="delivered",by="socket"}': 1,
      'hub_instruction_transitions_total{to="completed",by="socket"}': 1,
    });
    const series = await seriesOf(hub);
    for (const stage of ['handout', 'first_report', 'final']) {
      expect([stage, series.get(`hub_instruction_${stage}_seconds_count{transport="socket"}`)]).toEqual([stage, 1]);
    }
    expect(series.get('hub_instructions_in_flight')).toBe(0);
    expect(series.get('hub_sockets')).toBe(1);
  });

  test('that comes again after its socket closed is timed to its first hand-out alone, over either transport', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    const first = await tpv.socket();
    await hub.message(1, 'Hola');
    const { id } = (await first.next('instruction')).instruction;
    first.raw.close(1000);
    await vi.waitUntil(
      async () => (await tpv.fetch(`/api/tpv/instructions/${id}/`)).body.status === 'pending',
      PATIENCE,
    );
    const second = await tpv.socket();
    expect((await second.next('instruction')).instruction).toMatchObject({ id, retry_count: 0 });
    second.raw.close(1000);
    await vi.waitUntil(
      async () => (await tpv.fetch(`/api/tpv/instructions/${id}/`)).body.status === 'pending',
      PATIENCE,
    );
    expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(1);
    expect(await family(hub, 'hub_instruction_handout_seconds_count')).toEqual({
      'hub_instruction_handout_seconds_count{transport="socket"}': 1,
    });
  });

  test('over REST that nobody answers is counted on each of its ways, and timed to its first hand-out alone', async () => {
    const clock = testClock();
    const hub = await startHub({ clock, env: { MAX_ATTEMPTS: '2', SENT_LEASE_SECONDS: '5' } });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(1);
    // A sweep leaves out the seconds in which the one before is still under way.
    await vi.waitFor(async () => {
      await clock.advance(5_000);
      expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(1);
    }, WAIT_MS);
    await vi.waitFor(async () => {
      await clock.advance(5_000);
      expect(await family(hub, 'hub_instructions_unanswered_total')).toEqual({
        'hub_instructions_unanswered_total{reason="expired"}': 0,
        'hub_instructions_unanswered_total{reason="no_answer"}': 1,
      });
    }, WAIT_MS);
    expect(await family(hub, 'hub_instruction_transitions_total')).toMatchObject({
      'hub_instruction_transitions_total{to="sent",by="poll"}': 2,
      'hub_instruction_transitions_total{to="failed",by="hub"}': 1,
    });
    expect((await seriesOf(hub)).get('hub_instruction_handout_seconds_count{transport="poll"}')).toBe(1);
  });
});

describe('sockets', () => {
  test('are counted as they open and close; codes that somebody made up are one', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    for (const code of [1000, 3456, 4321, 4567]) {
      const socket = await tpv.socket();
      socket.raw.close(code);
      await socket.closed;
    }
    await vi.waitFor(
      async () =>
        expect(await family(hub, 'hub_sockets_closed_total')).toEqual({
          'hub_sockets_closed_total{code="1000"}': 1,
          'hub_sockets_closed_total{code="other"}': 3,
        }),
      WAIT_MS,
    );
    expect((await seriesOf(hub)).get('hub_sockets_opened_total')).toBe(4);
  });
});

describe('answers over HTTP', () => {
  test('are counted by the pattern of their route, whatever strangers ask for', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    for (let i = 0; i < 20; i++) {
      await hub.fetch(`/nowhere/${i}`, { method: i % 2 === 0 ? 'GET' : 'PURGE' });
      await tpv.fetch(`/api/tpv/instructions/${i}/`);
    }
    await tpv.fetch('/api/tpv/instructions');
    await tpv.fetch('/api/tpv/instructions/?limit=5');
    expect(await family(hub, 'hub_http_requests_total')).toEqual({
      'hub_http_requests_total{method="POST",route="/api/tpv/register",status="2xx"}': 1,
      'hub_http_requests_total{method="any",route="none",status="4xx"}': 20,
      'hub_http_requests_total{method="GET",route="/api/tpv/instructions/:id",status="4xx"}': 20,
      'hub_http_requests_total{method="GET",route="/api/tpv/instructions",status="2xx"}': 2,
    });
  });
});

describe('what goes out', () => {
  test('is counted with how Telegram took it, its limits among them', async () => {
    const clock = testClock();
    const hub = await startHub({ clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
    const tpv = await hub.tpv();
    hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
    await hub.message(1, 'Hola');
    const push = () => tpv.fetch('/api/tpv/push/', { method: 'POST', json: { telegram_user_id: 1001, text: 'Hola' } });
    expect((await push()).status).toBe(201);
    const faults = [
      { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 1 },
      { kind: 'error', code: 400, description: 'Bad Request: chat not found' },
      { kind: 'reset_after' },
    ] as const;
    for (const how of faults) {
      hub.emulator.fail({ method: 'sendMessage', times: 1, how });
      const answer = push();
      let over = false;
      void answer.finally(() => {
        over = true;
      });
      const waits = patience(() => 'The push was not answered');
      for (; !over; waits()) {
        await clock.advance(100);
        // What takes the network time must not look as if Telegram took its own.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    expect(await family(hub, 'hub_pushes_total')).toEqual({
      'hub_pushes_total{status="sent"}': 2,
      'hub_pushes_total{status="failed"}': 1,
      'hub_pushes_total{status="unknown"}': 1,
    });
    const series = await seriesOf(hub);
    expect(series.get('hub_telegram_rate_limited_total')).toBe(1);
    const asked = (outcome: string) =>
      series.get(`hub_telegram_request_seconds_count{method="sendMessage",outcome="${outcome}"}`);
    expect([asked('ok'), asked('rate_limited'), asked('refused'), asked('no_answer')]).toEqual([2, 1, 1, 1]);
    expect(series.get('hub_push_seconds_count')).toBe(2);
  });

  test('to the URL of a button is counted with what came of it', async () => {
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        request.url === '/yes' ? '{"success": true}' : request.url === '/no' ? '{"success": false}' : 'what?',
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: origin };
    const { hub, forge } = await buttonScene({ env });
    for (const url of [`${origin}/yes`, `${origin}/no`, `${origin}/odd`, 'http://127.0.0.2:9/']) {
      await forge({ data: url, messageId: 77, carries: url });
    }
    expect(await family(hub, 'hub_callback_call_seconds_count')).toEqual({
      'hub_callback_call_seconds_count{outcome="accepted",reason=""}': 1,
      'hub_callback_call_seconds_count{outcome="declined",reason=""}': 1,
      'hub_callback_call_seconds_count{outcome="failed",reason="not_json"}': 1,
      'hub_callback_call_seconds_count{outcome="refused",reason="origin"}': 1,
    });
  });
});

/** Rows as only a database that was left alone for long has them. */
async function waiting({ hub }: TestHub, tpvId: string | null, count: number, since: number): Promise<void> {
  for (let done = 0; done < count; done += 500) {
    const rows = Array.from({ length: Math.min(500, count - done) }, (_, i) => ({
      id: `${tpvId ?? 'nobody'}-${done + i}`,
      tpv_id: tpvId,
      telegram_user_id: 1,
      command: 'process_message',
      payload: jsonText({}),
      status: 'pending' as const,
      priority: 5,
      created_at: since,
      expires_at: since + 1e12,
      due_at: since + 1e12,
    }));
    await hub.db.transact(async (tx) => {
      await tx.kysely.insertInto('instructions').values(rows).execute();
    });
  }
}

describe.each(DIALECTS)('what waits on %s', (database) => {
  test('is told TPV by TPV, with its age, and for those whom nobody attends', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { TPV_REGISTRATION: 'open' } });
    await hub.message(1, 'Nobody is there');
    const away = await hub.tpv({ name: 'Bar "Pepe"\n', max_users: 1 });
    await clock.advance(400_000);
    const busy = await hub.tpv({ name: 'Bar Ana' });
    await busy.socket();
    await waiting(hub, away.id, 3, clock.now() - 90_000);
    const series = await seriesOf(hub);
    const of = (name: string, id: string) => series.get(`${name}{tpv_id="${id}"}`);
    expect(series.get(`hub_tpv_info{tpv_id="${busy.id}",tpv_name="Bar Ana"}`)).toBe(1);
    expect([of('hub_tpv_pending_instructions', busy.id), of('hub_tpv_online', busy.id)]).toEqual([0, 1]);
    expect(of('hub_tpv_pending_instructions', away.id)).toBeGreaterThanOrEqual(3);
    expect(of('hub_tpv_oldest_pending_seconds', away.id)).toBeGreaterThanOrEqual(90);
    expect(of('hub_tpv_online', away.id)).toBe(0);
    expect(series.get('hub_push_backlog')).toBeTypeOf('number');
  });

  test('is nothing on a hub without TPVs', async () => {
    const { hub } = await startHub({ database });
    const nothing = { pending: 0, oldestMs: 0 };
    const backlog = await readBacklog(hub.db, 0, () => false);
    expect(backlog).toEqual({ tpvs: [], unassigned: nothing, pushes: nothing });
  });

  test('is counted to a thousand, and told of the 200 TPVs whose first waits longest', async () => {
    const hub = await startHub({ database });
    const now = Date.now();
    const [first] = await Promise.all([hub.tpv(), hub.tpv()]);
    const known = await hub.hub.db.read
      .selectFrom('tpv_instances')
      .selectAll()
      .where('id', '=', first.id)
      .executeTakeFirstOrThrow();
    const many = Array.from({ length: 250 }, (_, i) => ({ ...known, id: `many-${i}`, join_code: `code-${i}` }));
    await hub.hub.db.transact(async (tx) => {
      await tx.kysely.insertInto('tpv_instances').values(many).execute();
    });
    await waiting(hub, 'many-249', BACKLOG_LIMIT + 500, now - 5_000);
    await waiting(hub, null, BACKLOG_LIMIT + 1, now - 7_000);
    const backlog = await readBacklog(hub.hub.db, now, () => false);
    expect(backlog.tpvs).toHaveLength(MOST_TPVS);
    expect(backlog.tpvs[0]).toMatchObject({ id: 'many-249', pending: BACKLOG_LIMIT, oldestMs: 5_000 });
    expect(backlog.unassigned).toEqual({ pending: BACKLOG_LIMIT, oldestMs: 7_000 });
  });
});

test('what waits is read through indexes alone, so that a year of rows costs nothing', async () => {
  const { hub } = await startHub();
  const queries = backlogQueries(hub.db);
  for (const query of [
    queries.firstInLine(''),
    queries.pendingOf(['a', 'b']),
    queries.unassigned(),
    queries.pushes(),
  ]) {
    const plan = await query.explain(undefined, sql`query plan`);
    const scans = plan.map(({ detail }) => String(detail)).filter((detail) => detail.startsWith('SCAN'));
    // Of what was found, of the TPVs, and of the index that holds nothing but what waits.
    expect(
      scans.filter((detail) => !/^SCAN (few|t|push_messages USING INDEX push_messages_waiting)\b/.test(detail)),
    ).toEqual([]);
  }
});

test('a storm of scrapes looks at the database once', async () => {
  const { hub } = await startHub();
  let looks = 0;
  const db = new Proxy(hub.db, {
    get(target, name) {
      if (name === 'read') looks++;
      return Reflect.get(target, name);
    },
  });
  const clock = testClock();
  const config = { DATABASE_URL: 'sqlite:./data/hub.db' };
  const { backlog } = readings({
    db,
    cluster: SOLO,
    clock,
    presence: new Presence(hub.db, clock, { graceMs: 0, isDraining: () => false }),
    log: pino({ level: 'silent' }),
    config,
  });
  const told = await Promise.all(Array.from({ length: 50 }, backlog));
  expect(new Set(told).size).toBe(1);
  expect(looks).toBeLessThanOrEqual(4);
});

test('the metrics of a hub that is gone keep nothing of it in memory', async () => {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  const make = () => {
    const inFlight = () => 0;
    createMetrics().scrape({
      version: '1',
      sockets: () => 0,
      droppedLogLines: () => 0,
      inFlight,
      leads: () => true,
      problems: async () => [],
      degraded: () => [],
      backlog: async () => undefined,
      backlogLimit: 1,
      disk: async () => undefined,
      alarms: async () => undefined,
      newestCopy: () => undefined,
    });
    return new WeakRef(inFlight);
  };
  const gone = [make(), make()];
  await vi.waitFor(() => {
    gc();
    expect(gone.map((ref) => ref.deref() === undefined)).toEqual([true, true]);
  }, WAIT_MS);
});
