import { expect, test } from 'vitest';
import { pushesWords } from '../../panel/words/pushes.ts';
import { instructionStates, pushStates, tpvStates } from '../../panel/words/states.ts';
import { CSV_WORDS } from '../../src/admin/csv-words.ts';
import { startHub } from '../support/hub.ts';

test('a CSV calls states and kinds as the panel does', () => {
  expect(CSV_WORDS.instruction).toEqual(instructionStates);
  // On its way to Telegram is still in the queue to who reads a list.
  const { sending: _, ...states } = pushStates;
  expect(CSV_WORDS.push).toEqual(states);
  expect(CSV_WORDS.kind).toEqual(pushesWords.kinds);
  expect(CSV_WORDS.tpv).toEqual(tpvStates);
});

test('every list comes as a CSV with Spanish heads, and the TPVs’ too', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: '=Bar;Pepe' });
  await hub.message(1, 'Hola', 42);
  for (const list of ['tpvs', 'users', 'instructions', 'pushes', 'audit']) {
    const { status, body } = await hub.admin(`/api/admin/${list}.csv`);
    expect([list, status]).toEqual([list, 200]);
    const [heads = ''] = String(body).split('\r\n', 1);
    for (const head of heads.replace(/^\uFEFF/, '').split(';')) expect(head).toMatch(/^"\p{Lu}.*"$/u);
  }
  const { body } = await hub.admin('/api/admin/tpvs.csv?q=pepe&online=false');
  const [, row, end] = String(body).split('\r\n');
  expect(row).toContain(`"${tpv.id}";"'=Bar;Pepe";"Activo";"No";"1";`);
  expect(end).toBe('');
  expect((await hub.admin('/api/admin/tpvs.csv?limit=1')).status).toBe(400);
  expect(String((await hub.admin('/api/admin/instructions.csv')).body)).toContain('"En espera"');
});
