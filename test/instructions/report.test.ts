import { describe, expect, test } from 'vitest';
import { behindItsBack } from '../support/behind.ts';
import { DIALECTS, startHub, type TestHub, type TestTpv } from '../support/hub.ts';

const STATUSES = ['pending', 'sent', 'delivered', 'processing', 'completed', 'failed'] as const;
const REPORTS = ['delivered', 'processing', 'completed', 'failed'] as const;

/** From each status: what each report is answered with, in the order of REPORTS. */
const TABLE: Record<(typeof STATUSES)[number], number[]> = {
  // A report may come after the lease lapsed.
  pending: [200, 200, 200, 200],
  sent: [200, 200, 200, 200],
  delivered: [200, 200, 200, 200],
  processing: [409, 200, 200, 200],
  completed: [409, 409, 200, 409],
  failed: [409, 409, 409, 200],
};

/** Puts an instruction into a status and gives back its path. */
async function instructionIn(hub: TestHub, tpv: TestTpv, status: string, updateId: number): Promise<string> {
  await hub.message(updateId, 'Hola');
  const [{ id }] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
  const path = `/api/tpv/instructions/${id}/`;
  if (status === 'pending') {
    await behindItsBack(hub, (db) =>
      db.updateTable('instructions').set({ status, holder: null }).where('id', '=', id).execute(),
    );
  } else if (status !== 'sent') {
    await tpv.fetch(path, { method: 'PUT', json: { status, response: 'first', error_message: 'first' } });
  }
  return path;
}

describe.each(DIALECTS)('on %s', (database) => {
  test.each(['PUT', 'PATCH'])('every status moves forward alone, by %s', async (method) => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const got: Partial<typeof TABLE> = {};
    let updateId = 0;
    for (const from of STATUSES) {
      const answers: number[] = [];
      got[from] = answers;
      for (const status of REPORTS) {
        const path = await instructionIn(hub, tpv, from, ++updateId);
        const answer = await tpv.fetch(path, { method, json: { status } });
        answers.push(answer.status);
        const { body } = await tpv.fetch(path);
        if (answer.status === 200) {
          expect(answer.body).toEqual({ status: 'ok', instruction_id: body.id, new_status: status });
          expect(body.status).toBe(status);
        } else {
          expect(answer.body).toEqual({
            code: 'invalid_transition',
            error: expect.any(String),
            details: [{ path: 'status', message: expect.stringContaining(from) }],
          });
          expect(body.status).toBe(from);
        }
      }
    }
    expect(got).toEqual(TABLE);
  });

  test('the same final status again changes nothing', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (const [i, status] of (['completed', 'failed'] as const).entries()) {
      const path = await instructionIn(hub, tpv, status, i + 1);
      const { body: before } = await tpv.fetch(path);
      const again = { status, response: 'second', error_message: 'second' };
      expect((await tpv.fetch(path, { method: 'PUT', json: again })).status).toBe(200);
      expect((await tpv.fetch(path)).body).toEqual(before);
    }
  });

  test('a response given on the way is kept where the end brings none', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const path = await instructionIn(hub, tpv, 'sent', 1);
    await tpv.fetch(path, { method: 'PUT', json: { status: 'processing', response: { step: 1 } } });
    await tpv.fetch(path, { method: 'PUT', json: { status: 'completed' } });
    expect((await tpv.fetch(path)).body.response).toEqual({ step: 1 });
  });

  test.each([0, false, '', 'ñ👋\0\ud800', [], {}, [null], { a: { b: [1, 2.5, -3e10] } }])(
    'a response %j comes back as it was given',
    async (response) => {
      const hub = await startHub({ database });
      const tpv = await hub.tpv();
      const path = await instructionIn(hub, tpv, 'sent', 1);
      expect(await tpv.fetch(path, { method: 'PUT', json: { status: 'completed', response } })).toMatchObject({
        status: 200,
      });
      expect((await tpv.fetch(path)).body.response).toEqual(response);
    },
  );

  test('an error message that the database can not hold is kept as near as it can', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const path = await instructionIn(hub, tpv, 'sent', 1);
    await tpv.fetch(path, { method: 'PUT', json: { status: 'failed', error_message: 'a\0b\ud800c' } });
    expect((await tpv.fetch(path)).body).toMatchObject({ status: 'failed', error_message: 'a�b�c' });
  });

  test('ten different reports at once leave one of them', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const path = await instructionIn(hub, tpv, 'sent', 1);
    const reports = Array.from({ length: 10 }, (_, i) => ({
      status: i % 2 === 0 ? 'completed' : 'failed',
      response: i,
    }));
    const answers = await Promise.all(reports.map((json) => tpv.fetch(path, { method: 'PUT', json })));
    const { body } = await tpv.fetch(path);
    for (const [i, { status }] of answers.entries())
      expect(status).toBe(reports[i]?.status === body.status ? 200 : 409);
  });
});

test('a response of 64 KiB is taken, and one byte more is not', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const path = await instructionIn(hub, tpv, 'sent', 1);
  const put = (response: string) => tpv.fetch(path, { method: 'PUT', json: { status: 'completed', response } });
  const fits = 'ñ'.repeat(32_767);
  expect(await put(`${fits}x`)).toMatchObject({
    status: 413,
    body: { code: 'payload_too_large', details: [{ path: 'response' }] },
  });
  expect((await tpv.fetch(path)).body.status).toBe('sent');
  expect((await put(fits)).status).toBe(200);
  expect((await tpv.fetch(path)).body.response).toBe(fits);
});

test('what is no report is 400 with the path, and what is no instruction 404', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const path = await instructionIn(hub, tpv, 'sent', 1);
  const faults: [json: unknown, paths: string[]][] = [
    [{}, ['status']],
    [{ status: 'foo' }, ['status']],
    [{ status: 'pending' }, ['status']],
    [{ status: 'sent' }, ['status']],
    [{ status: 1 }, ['status']],
    [{ status: 'failed', error_message: 5 }, ['error_message']],
    [{ status: 'failed', error_message: 'x'.repeat(4_097) }, ['error_message']],
    [{ status: 'failed', reason: 'x' }, ['reason']],
  ];
  for (const [json, paths] of faults) {
    const { status, body } = await tpv.fetch(path, { method: 'PUT', json });
    expect([json, status]).toEqual([json, 400]);
    expect(body.details.map((detail: { path: string }) => detail.path)).toEqual(paths);
  }
  for (const id of [crypto.randomUUID(), 'foo', '1', "1'--", 'x'.repeat(90)]) {
    const answers = [
      await tpv.fetch(`/api/tpv/instructions/${id}/`),
      await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status: 'completed' } }),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  }
  expect((await tpv.fetch(path)).body.status).toBe('sent');
});

test('no TPV ends, or even sees, an instruction of another one, over either transport', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const path = await instructionIn(hub, tpv, 'sent', 1);
  const other = await hub.tpv();
  const id = path.split('/').at(-2) ?? '';
  const socket = await other.socket();
  for (const status of REPORTS) {
    expect(await other.fetch(path, { method: 'PUT', json: { status } })).toMatchObject({ status: 404 });
    expect(await socket.report(id, status)).toMatchObject({ ok: false, error: { code: 'not_found' } });
  }
  expect((await tpv.fetch(path)).body).toMatchObject({ status: 'sent', response: null });
});
