import { describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../src/db/connection.ts';
import { kyselyOver } from '../../src/db/dialect.ts';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase, type Tx } from '../../src/db/open.ts';
import { openSqliteWriter } from '../../src/db/sqlite.ts';
import { compiler, statement } from '../../src/db/statement.ts';
import { groupCommit } from '../../src/db/transact.ts';
import { HubError } from '../../src/errors.ts';
import { Events, type HubEvent } from '../../src/events.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase } from '../support/hub.ts';

const put = statement<{ key: string; value: string }>()((db, p) =>
  db.insertInto('settings').values({ key: p('key'), value: p('value') }),
);

async function freshDb(dialect: DialectUnderTest, events?: Events): Promise<Database> {
  const options = { DATABASE_URL: await freshDatabase(dialect), DATABASE_DURABILITY: 'full' } as const;
  const db = openDatabase(options, { events });
  onTestFinished(() => db.close());
  await migrate(db);
  return db;
}

/** What is committed, as any other connection sees it. */
async function keys(db: Database): Promise<string[]> {
  const rows = await db.read.selectFrom('settings').select('key').orderBy('key').execute();
  return rows.map(({ key }) => key);
}

/** Events, and what their listeners heard, in order. */
function listening(): { events: Events; heard: string[]; faults: unknown[] } {
  const heard: string[] = [];
  const faults: unknown[] = [];
  const events = new Events((error) => faults.push(error));
  events.on('instruction.ready', ({ tpvId }) => heard.push(`ready ${tpvId}`));
  events.on('tpv.available', ({ tpvId }) => heard.push(`available ${tpvId}`));
  events.on('changed', ({ what, id }) => heard.push(`changed ${what} ${id}`));
  return { events, heard, faults };
}

const ready = (tpvId: string): HubEvent => ({ type: 'instruction.ready', tpvId });
const available = (tpvId: string): HubEvent => ({ type: 'tpv.available', tpvId });

const putting = (key: string) => (tx: Tx) => tx.run(put, { key, value: '' });
const outcomes = (results: PromiseSettledResult<unknown>[]) => results.map(({ status }) => status);

describe.each(DIALECTS)('on %s', (dialect) => {
  test('the neighbours of a failing write survive it, and the fault goes to its own caller', async () => {
    const db = await freshDb(dialect);
    const results = await Promise.allSettled(['a', 'b', 'a', 'c', 'b', 'd'].map((key) => db.transact(putting(key))));
    expect(outcomes(results)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await keys(db)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('what a failing function wrote is taken back, and its own error is thrown', async () => {
    const db = await freshDb(dialect);
    const fault = new Error('made up');
    const failing = db.transact(async (tx) => {
      await putting('gone')(tx);
      throw fault;
    });
    const neighbour = db.transact(putting('stays'));
    await expect(failing).rejects.toBe(fault);
    await neighbour;
    expect(await keys(db)).toEqual(['stays']);
  });

  test('afterCommit runs when others can see the write, in order, and before transact resolves', async () => {
    const db = await freshDb(dialect);
    const steps: string[] = [];
    const seen: Promise<string[]>[] = [];
    const step = (name: string) => (tx: Tx) => {
      tx.afterCommit(() => steps.push(`${name} first`));
      tx.afterCommit(() => {
        steps.push(`${name} second`);
        seen.push(keys(db));
      });
      return putting(name)(tx);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => db.transact(step(name)).then(() => steps.push(`${name} done`))));
    expect(steps).toEqual([
      ...['a first', 'a second', 'b first', 'b second', 'c first', 'c second'],
      ...['a done', 'b done', 'c done'],
    ]);
    for (const one of await Promise.all(seen)) expect(one).toEqual(['a', 'b', 'c']);
  });

  test('afterRollback runs where a write was taken back, and afterCommit once in the end', async () => {
    const db = await freshDb(dialect);
    const steps: string[] = [];
    const step = (name: string, fault?: Error) => async (tx: Tx) => {
      steps.push(`${name} runs`);
      tx.afterRollback(() => steps.push(`${name} undone`));
      tx.afterCommit(() => steps.push(`${name} committed`));
      await putting(name)(tx);
      if (fault !== undefined) throw fault;
    };
    const all = [db.transact(step('a')), db.transact(step('b', new Error('made up'))), db.transact(step('c'))];
    expect(outcomes(await Promise.allSettled(all))).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(steps).toEqual([
      ...['a runs', 'b runs', 'a undone', 'b undone'],
      ...['a runs', 'a committed', 'b runs', 'b undone', 'c runs', 'c committed'],
    ]);
    expect(await keys(db)).toEqual(['a', 'c']);
  });

  test('a refusal that wrote nothing makes nobody run again', async () => {
    const db = await freshDb(dialect);
    const runs: string[] = [];
    const step = (name: string) => (tx: Tx) => {
      runs.push(name);
      return putting(name)(tx);
    };
    const undone: string[] = [];
    const refusing = db.transact(async (tx) => {
      tx.afterRollback(() => undone.push('refused'));
      tx.afterCommit(() => undone.push('never'));
      runs.push('refused');
      throw new HubError('not_found', 'made up');
    });
    const all = [db.transact(step('a')), refusing, db.transact(step('b'))];
    const [, refused] = await Promise.allSettled(all);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
    expect(runs).toEqual(['refused', 'a', 'b']);
    expect(undone).toEqual(['refused']);
    expect(await keys(db)).toEqual(['a', 'b']);
  });

  test('a refusal that wrote something is taken back, alone', async () => {
    const db = await freshDb(dialect);
    const refusing = db.transact(async (tx) => {
      await putting('gone')(tx);
      throw new HubError('not_found', 'made up');
    });
    const neighbour = db.transact(putting('stays'));
    await expect(refusing).rejects.toMatchObject({ code: 'not_found' });
    await neighbour;
    expect(await keys(db)).toEqual(['stays']);
  });

  test('a hook that throws fails its own caller, and the next transactions are taken', async () => {
    const db = await freshDb(dialect);
    const fault = new Error('made up');
    const failing = db.transact((tx) => {
      tx.afterCommit(() => {
        throw fault;
      });
      return putting('a')(tx);
    });
    const hooks: string[] = [];
    const neighbour = db.transact((tx) => {
      tx.afterCommit(() => hooks.push('b'));
      return putting('b')(tx);
    });
    await expect(failing).rejects.toBe(fault);
    await neighbour;
    expect(hooks).toEqual(['b']);
    await db.transact(putting('c'));
    expect(await keys(db)).toEqual(['a', 'b', 'c']);
  });

  test('an event is told once, after the commit, in order, and before transact resolves', async () => {
    const { events, heard } = listening();
    const db = await freshDb(dialect, events);
    const seen: Promise<string[]>[] = [];
    events.on('tpv.available', () => seen.push(keys(db)));
    const step = (name: string) => async (tx: Tx) => {
      tx.changed('tpv', name);
      tx.emit(ready(name));
      tx.afterCommit(() => heard.push(`${name} hook`));
      await putting(name)(tx);
      tx.emit(available(name));
      expect(heard).toEqual([]);
    };
    await Promise.all(['a', 'b'].map((name) => db.transact(step(name)).then(() => heard.push(`${name} done`))));
    expect(heard).toEqual([
      ...['ready a', 'a hook', 'available a', 'changed tpv a'],
      ...['ready b', 'b hook', 'available b', 'changed tpv b'],
      ...['a done', 'b done'],
    ]);
    for (const one of await Promise.all(seen)) expect(one).toEqual(['a', 'b']);
  });

  test('all answers of a batch are given after the commit and before anything is told, and one that fails is its own', async () => {
    const { events, heard } = listening();
    const db = await freshDb(dialect, events);
    const seen: Promise<string[]>[] = [];
    let runs = 0;
    const answering = (name: string) => async (tx: Tx) => {
      tx.emit(ready(name));
      tx.answer(() => heard.push(`${name} answered`));
      await putting(name)(tx);
      tx.answer(() => seen.push(keys(db)));
    };
    const outcome = await Promise.allSettled([
      db.transact(answering('a')),
      db.transact(async (tx) => {
        runs++;
        await answering('broken')(tx);
        throw new Error('made up');
      }),
      db.transact(async (tx) => {
        tx.answer(() => {
          throw new Error('made up');
        });
        await putting('b')(tx);
      }),
      db.transact(answering('c')),
    ]);
    expect(outcomes(outcome)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(runs).toBe(2);
    // One that failed has each run alone.
    expect(heard).toEqual(['a answered', 'ready a', 'c answered', 'ready c']);
    heard.length = 0;
    await Promise.all(['d', 'e'].map((name) => db.transact(answering(name))));
    expect(heard).toEqual(['d answered', 'e answered', 'ready d', 'ready e']);
    for (const one of await Promise.all(seen.slice(-2))) expect(one).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('an event of a transaction that was taken back is never told, and one that ran again is told once', async () => {
    const { events, heard } = listening();
    const db = await freshDb(dialect, events);
    const runs: string[] = [];
    const step = (name: string, fault?: Error) => async (tx: Tx) => {
      runs.push(name);
      tx.emit(ready(name));
      tx.changed('user', name);
      await putting(name)(tx);
      if (fault !== undefined) throw fault;
    };
    const refused = (tx: Tx): Promise<never> => {
      tx.emit(ready('refused'));
      tx.changed('user', 'refused');
      return Promise.reject(new HubError('not_found', 'made up'));
    };
    const all = [db.transact(step('a')), db.transact(refused), db.transact(step('b', new Error('made up')))];
    expect(outcomes(await Promise.allSettled([...all, db.transact(step('c'))]))).toEqual([
      ...['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    ]);
    expect(runs.filter((name) => name === 'a')).toHaveLength(2);
    expect(heard).toEqual(['ready a', 'changed user a', 'ready c', 'changed user c']);
  });

  test('a listener that throws keeps no event from the others, and its transaction is committed', async () => {
    const { events, heard, faults } = listening();
    const db = await freshDb(dialect, events);
    const fault = new Error('made up');
    events.on('instruction.ready', () => {
      throw fault;
    });
    await db.transact((tx) => {
      tx.emit(ready('a'));
      tx.emit(available('a'));
      tx.changed('push', 'a');
      return putting('a')(tx);
    });
    expect(heard).toEqual(['ready a', 'available a', 'changed push a']);
    expect(faults).toEqual([fault]);
    expect(await keys(db)).toEqual(['a']);
  });

  test('a hook that throws keeps nothing from being told after it', async () => {
    const { events, heard } = listening();
    const db = await freshDb(dialect, events);
    const fault = new Error('made up');
    const failing = db.transact((tx) => {
      tx.afterCommit(() => {
        throw fault;
      });
      tx.emit(ready('a'));
      tx.changed('tpv', 'a');
      return putting('a')(tx);
    });
    await expect(failing).rejects.toBe(fault);
    expect(heard).toEqual(['ready a', 'changed tpv a']);
  });

  test('a watcher that comes before the commit hears of the change', async () => {
    const events = new Events(() => {});
    const db = await freshDb(dialect, events);
    const heard: string[] = [];
    await db.transact(async (tx) => {
      tx.changed('tpv', 'a');
      await putting('a')(tx);
      events.on('changed', ({ id }) => heard.push(id));
    });
    expect(heard).toEqual(['a']);
  });

  test('more than 20,000 waiting transactions are refused, and those before are done', async () => {
    const db = await freshDb(dialect);
    const waiting = Array.from({ length: 20_000 }, (_, i) => db.transact(async () => i));
    const refused = [db.transact(putting('x')), db.transact(putting('y'))];
    for (const one of refused) {
      await expect(one).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: expect.any(Number) });
    }
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
    await db.transact(putting('z'));
    expect(await keys(db)).toEqual(['z']);
  });

  test('a database that closes finishes what is queued', async () => {
    const url = await freshDatabase(dialect);
    const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
    await migrate(db);
    const all = Array.from({ length: 50 }, (_, i) => db.transact(putting(`k${i}`)));
    await db.close();
    expect(outcomes(await Promise.allSettled(all))).toEqual(Array(50).fill('fulfilled'));
    const again = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
    onTestFinished(() => again.close());
    expect(await keys(again)).toHaveLength(50);
  });
});

describe('a connection that goes wrong', () => {
  /** A real SQLite whose calls a test can count and make fail. */
  async function bent(bend: (writer: Connection) => Partial<Connection>) {
    const path = (await freshDatabase('sqlite')).slice('sqlite:'.length);
    const real = openSqliteWriter({ path, durability: 'full' });
    onTestFinished(() => real.close());
    await real.execute('create table settings (key text primary key, value text not null)', []);
    const writer = { ...real, ...bend(real) };
    const kysely = kyselyOver(writer, 'sqlite');
    const stored = async () => (await real.execute('select key from settings order by key', [])).rows;
    const { events, heard } = listening();
    return { ...groupCommit({ writer, kysely, compile: compiler(kysely), events }), stored, heard };
  }

  const full = () => Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });

  test('what is asked for within one turn shares one commit', async () => {
    let commits = 0;
    const { transact, stored } = await bent((writer) => ({
      commit: () => {
        commits++;
        return writer.commit();
      },
    }));
    await Promise.all(Array.from({ length: 100 }, (_, i) => transact(putting(`k${i}`))));
    expect(commits).toBe(1);
    expect(await stored()).toHaveLength(100);
  });

  test('what is asked for one turn after the other shares one commit', async () => {
    let commits = 0;
    const { transact, stored } = await bent((writer) => ({
      commit: () => {
        commits++;
        return writer.commit();
      },
    }));
    const all: Promise<unknown>[] = [];
    for (let i = 0; i < 60; i++) {
      all.push(transact(putting(`k${i}`)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(all);
    expect(commits).toBe(1);
    expect(await stored()).toHaveLength(60);
  });

  test('a commit that fails refuses the whole batch as unavailable, keeps nothing of it, and the next one works', async () => {
    let faults = 1;
    const { transact, stored, heard } = await bent((writer) => ({
      async commit() {
        if (faults-- > 0) throw full();
        await writer.commit();
      },
    }));
    const hooks: string[] = [];
    const all = ['a', 'b'].map((key) =>
      transact((tx) => {
        tx.emit(ready(key));
        tx.changed('tpv', key);
        tx.afterCommit(() => hooks.push(`${key} committed`));
        tx.afterRollback(() => hooks.push(`${key} undone`));
        return putting(key)(tx);
      }),
    );
    for (const one of all)
      await expect(one).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'SQLITE_FULL' } });
    expect(hooks).toEqual(['a undone', 'b undone']);
    expect(heard).toEqual([]);
    expect(await stored()).toEqual([]);
    await transact(putting('c'));
    expect(await stored()).toEqual([{ key: 'c' }]);
  });

  test('a transaction that can not begin is refused as unavailable', async () => {
    const { transact } = await bent(() => ({
      begin: () => Promise.reject(Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })),
    }));
    await expect(transact(putting('a'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test.each([
    ['57P01', 'terminando la conexión debido a una orden del administrador', 'unavailable'],
    ['57014', 'cancelando la sentencia debido a que se agotó el tiempo de espera', 'unavailable'],
    ['53100', 'no se pudo extender el archivo: No queda espacio en el dispositivo', 'unavailable'],
    ['08006', 'se perdió la comunicación', 'unavailable'],
    ['40P01', 'se ha detectado un deadlock', 'unavailable'],
    ['25006', 'no se puede ejecutar INSERT en una transacción de sólo lectura', 'unavailable'],
    ['42P01', 'no existe la relación «settings»', 'unavailable'],
    ['58030', 'no se pudo leer el bloque', 'unavailable'],
    // A fault of the query stays what it is.
    ['23505', 'llave duplicada viola restricción de unicidad', '23505'],
    ['22P02', 'la sintaxis de entrada no es válida', '22P02'],
  ])('SQLSTATE %s is known by its code, in whatever language PostgreSQL speaks', async (code, message, expected) => {
    const { transact } = await bent(() => ({
      execute: () => Promise.reject(Object.assign(new Error(message), { code })),
    }));
    await expect(transact(putting('a'))).rejects.toMatchObject({ code: expected });
  });

  test('a full disk in the middle of a batch refuses those that could not be written', async () => {
    let broken = true;
    const { transact, stored } = await bent((writer) => ({
      execute(text, parameters) {
        return broken && parameters.includes('b') ? Promise.reject(full()) : writer.execute(text, parameters);
      },
    }));
    const results = await Promise.allSettled(['a', 'b', 'c'].map((key) => transact(putting(key))));
    expect(outcomes(results)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'unavailable' } });
    broken = false;
    await transact(putting('b'));
    expect(await stored()).toEqual([{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
  });
});
