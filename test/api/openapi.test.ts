import { expect, test, vi } from 'vitest';
import { REFUSALS } from '../../src/api/openapi/complete.ts';
import { ENGLISH } from '../../src/api/openapi/english.ts';
import { EXAMPLE_IDS, EXAMPLES } from '../../src/api/openapi/examples.ts';
import { createAccount, openBrowser } from '../support/admin.ts';
import { type JsonInit, startHub, type TestHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

interface Operation {
  operationId: string;
  tags: string[];
  security: Record<string, unknown>[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, unknown>;
}

interface Listed {
  method: string;
  path: string;
  operation: Operation;
}

async function documentOf(
  hub: TestHub,
): Promise<{ operations: Listed[]; tags: { name: string; description: string }[] }> {
  const { body } = await hub.fetch('/docs/json');
  const items = Object.entries<Record<string, Operation>>(body.paths);
  const operations = items.flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return { operations, tags: body.tags };
}

test('every operation has a name of its own, a part of the documentation, and says who may call it and what it refuses', async () => {
  const { operations, tags } = await documentOf(await startHub());
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^(get|put|post|patch|delete)[A-Za-z]+$/);
  expect(names).toContain('putTpvInstructionsById');
  expect(names).toEqual(expect.arrayContaining([...Object.keys(EXAMPLES), ...Object.keys(REFUSALS)]));
  const used = new Set(operations.flatMap(({ operation }) => operation.tags));
  expect([...used].sort()).toEqual(tags.map(({ name }) => name).sort());
  for (const { description } of tags) expect(description).toMatch(/\.$/);
  // What is for TPVs comes first, and stands apart from what is for administrators.
  expect(tags.findLastIndex(({ description }) => description.startsWith('Para un TPV'))).toBeLessThan(
    tags.findIndex(({ description }) => description.startsWith('Para quien administra')),
  );
  for (const { path, operation } of operations) {
    const isPanel = operation.tags.some((tag) => tag.startsWith('Panel: '));
    expect([path, isPanel]).toEqual([path, path.startsWith('/api/admin/')]);
    expect(operation.security).toBeInstanceOf(Array);
    const isOpen = operation.security.length === 0 || operation.security.some((one) => Object.keys(one).length === 0);
    const refused = Object.keys(operation.responses);
    if (!isOpen) expect([path, refused]).toEqual([path, expect.arrayContaining(['401'])]);
    // A heartbeat's body may be anything.
    if (operation.requestBody && path !== '/api/tpv/heartbeat') {
      expect([path, refused]).toEqual([path, expect.arrayContaining(['400'])]);
    }
  }
  const open = operations.filter(({ operation }) => operation.security.length === 0);
  expect(open.map(({ operation }) => operation.operationId).sort()).toEqual([
    'getAdminLogin',
    'getHealthz',
    'getMetrics',
    'getReadyz',
    'postAdminLogin',
    'postAdminLoginBot',
    'postAdminSetup',
    'postTpvRegister',
  ]);
});

test('where the hub speaks English, all of it is English', async () => {
  const spanish = (await (await startHub()).fetch('/docs/json')).body;
  const hub = await startHub({ env: { DEFAULT_LOCALE: 'en' } });
  const english = (await hub.fetch('/docs/json')).body;
  const [told, translated] = [sentencesOf(spanish), sentencesOf(english)];
  // Each has its English, and nothing is there that no document says any more.
  expect([...told].filter((one) => ENGLISH[one] === undefined)).toEqual([]);
  expect(Object.keys(ENGLISH).filter((one) => !told.has(one))).toEqual([]);
  expect([...translated].sort()).toEqual([...new Set(Object.values(ENGLISH))].sort());
  expect(english.paths['/api/tpv/push'].post.summary).toBe('Sends a message to a person');
  expect(english.paths['/api/tpv/push'].post.requestBody).toHaveProperty(['content', 'application/json', 'example']);
  expect((await hub.fetch('/docs/yaml')).body).toContain('Sends a message to a person');
});

/** All that a document says to its readers: its parts, summaries and descriptions. */
function sentencesOf(document: unknown, found = new Set<string>()): Set<string> {
  for (const [key, value] of Object.entries(Object(document))) {
    if (key === 'example') continue;
    if (typeof value === 'string' && ['summary', 'description'].includes(key)) found.add(value);
    else if (key === 'tags')
      for (const tag of value as (string | { name: string })[]) found.add(typeof tag === 'string' ? tag : tag.name);
    if (typeof value === 'object') sentencesOf(value, found);
  }
  return found;
}

/** Examples of what a hub without that state refuses. */
const REFUSED: Readonly<Record<string, number>> = {
  // There is an account, and the link was never made.
  postAdminSetup: 403,
  // The bot gave none.
  postAdminLoginBot: 401,
  // No app was asked for a code.
  postAdminAccountTotpConfirm: 400,
  // It arrived.
  postAdminPushesByIdResolve: 409,
};

/** These come last: what they end, others need. */
const LAST = [
  'putTpvInstructionsById',
  'deleteAdminAccountTotp',
  'postDeleteMessage',
  'postAdminTpvsByIdDeactivate',
  'putAdminAccountPassword',
];

test('every example of a body is one that the hub takes', async () => {
  const hub = await startHub({ env: { TELEGRAM_WEBHOOK_URL: 'https://hub.example/webhook/telegram/' } });
  const { person } = EXAMPLE_IDS;
  const tpv = await hub.tpv({ endpoint_url: 'https://bar-pepe.example:8001' });
  hub.emulator.person({ id: person, first_name: 'Ana', started: true });
  await hub.message(1, 'Hola', person);
  await hub.update({ update_id: 2, message: {} });
  const [quarantined] = (await hub.admin('/api/admin/quarantine')).body.items;
  const [instruction] = (await tpv.fetch('/api/tpv/instructions')).body.instructions;
  const eva = await createAccount(hub, { name: 'otra', role: 'viewer' });
  const push = async () => {
    const json = { telegram_user_id: person, text: 'Hola' };
    const { push_message_id: pushId } = (await tpv.fetch('/api/tpv/push', { method: 'POST', json })).body;
    const messageId = await vi.waitFor(async () => {
      const { body } = await tpv.fetch(`/api/tpv/push/${pushId}`);
      expect(body).toMatchObject({ status: 'sent', telegram_message_id: expect.any(Number) });
      return body.telegram_message_id;
    }, WAIT_MS);
    return { pushId, messageId };
  };
  const first = await push();
  const { operations } = await documentOf(hub);
  const examples = operations.flatMap(({ method, path, operation }) => {
    const body = operation.requestBody?.content['application/json'];
    return body === undefined ? [] : [{ method, path, operation, example: body.example }];
  });
  expect(examples.length).toBeGreaterThan(35);
  const browser = await openBrowser(hub, { name: 'ana', password: PASSWORD_OF_EXAMPLES });
  const place = ({ operation: { operationId } }: Listed) => LAST.indexOf(operationId);
  for (const one of examples.toSorted((a, b) => place(a) - place(b))) {
    const { method, path, operation, example } = one;
    expect([path, example]).not.toEqual([path, undefined]);
    // Telegram takes one message a second in a chat: only what is about a message gets one of its own.
    const isAboutMessage = /push|message/.test(path) && path !== '/api/tpv/push';
    const { pushId, messageId } = isAboutMessage ? await push() : first;
    const ids: Record<string, string> = {
      instructions: instruction.id,
      pushes: pushId,
      push: pushId,
      users: String(person),
      accounts: eva,
      tpvs: tpv.id,
    };
    const url = path.replace(/\/(\w+)\/\{id\}/, (_, kind: string) => `/${kind}/${ids[kind]}`);
    const json = JSON.parse(
      JSON.stringify(example)
        .replaceAll(EXAMPLE_IDS.tpv, tpv.id)
        .replaceAll(EXAMPLE_IDS.instruction, instruction.id)
        .replaceAll(`${EXAMPLE_IDS.message}`, `${messageId}`)
        .replaceAll(`[${EXAMPLE_IDS.update}]`, `[${quarantined.seq}]`),
    );
    const send = (to: string, init: JsonInit) => {
      if ('ApiKey' in (operation.security[0] ?? {})) return tpv.fetch(to, init);
      return operation.security.length === 0 ? hub.fetch(to, init) : browser.fetch(to, init);
    };
    const headers: Record<string, string> = operation.security.length === 0 ? { origin: hub.url } : {};
    const { status, body } = await send(url, { method, json, headers });
    const refused = REFUSED[operation.operationId];
    const isWanted = refused === undefined ? status < 300 : status === refused;
    expect([operation.operationId, isWanted ? undefined : { status, body }]).toEqual([
      operation.operationId,
      undefined,
    ]);
    expect(Object.keys(operation.responses)).toContain(String(status));
  }
});

/** As the examples have it. */
const PASSWORD_OF_EXAMPLES = 'una frase larga que nadie adivina';
