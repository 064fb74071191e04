import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/open.ts';
import { sweepDue } from '../../src/instructions/sweep.ts';
import { telegramTexts } from '../../src/telegram/texts/texts.ts';
import { DIALECTS, startHub } from '../support/hub.ts';

describe.each(DIALECTS)('a report on %s that is kept while the sweep looks at its instruction', (database) => {
  test.each([5, 1])('extends its lease, also at the last of %i attempts', async (maxAttempts) => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    const { id } = body.instructions[0];
    const path = `/api/tpv/instructions/${id}/`;
    // The report comes between the sweep's look at what is due and its commit.
    const { db } = hub.hub;
    const late: Database = {
      ...db,
      query: async (statement, parameters) => {
        const due = await db.query(statement, parameters);
        await tpv.fetch(path, { method: 'PUT', json: { status: 'processing' } });
        return due;
      },
    };
    const leaseIsOver = Date.now() + 65_000;
    await sweepDue({ db: late, texts: telegramTexts('es'), settings: { maxAttempts } }, leaseIsOver);
    expect((await tpv.fetch(path)).body).toMatchObject({ status: 'processing', retry_count: 0 });
  });
});
