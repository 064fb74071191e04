import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { INSTRUCTION_STATUSES, type InstructionStatus } from '../protocol/lifecycle.ts';
import { isRecord } from '../wire/check.ts';
import type { Account } from './account.ts';
import type { FakeFile } from './fake-file.ts';
import { type Ledger, POLL } from './ledger.ts';
import { iso } from './new-instruction.ts';
import type { IncomingPush, Pushes, PushRecord } from './pushes.ts';
import { Refusal } from './refusal.ts';
import { isReport, type ReportFields } from './report.ts';

export interface RestPorts {
  clock: Clock;
  account: Account;
  ledger: Ledger;
  pushes: Pushes;
  files: ReadonlyMap<string, FakeFile>;
  draining(): boolean;
  report(report: ReportFields): unknown;
  /** An instruction went out. */
  fetched(id: string): void;
  /** Resolves when something may have changed, or `gone` is aborted. */
  changed(gone: AbortSignal): Promise<void>;
}

interface Request {
  url: URL;
  body: Buffer;
  headers: IncomingMessage['headers'];
  gone: AbortSignal;
}

export interface RestAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const STATUSES: readonly unknown[] = INSTRUCTION_STATUSES;
/** Resources whose next word is what is done to them, and no id. */
const ROTATED: readonly string[] = ['key', 'signing-secret'];

/** Answers a call of the contract's REST interface; throws a `Refusal`. */
export async function answerRest(
  ports: RestPorts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<RestAnswer> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [api, tpv, resource = '', id, action] = url.pathname.replace(/^\/+|\/+$/g, '').split('/');
  if (api !== 'api' || tpv !== 'tpv') throw new Refusal('not_found');
  const call: Request = { url, body: Buffer.concat(chunks), headers: request.headers, gone: gone.signal };
  if (resource !== 'register') ports.account.authenticate(request.headers.authorization);
  const route =
    routes[
      `${request.method} ${[resource, id && (ROTATED.includes(resource) ? id : '*'), action].filter(Boolean).join('/')}`
    ];
  if (route === undefined) throw new Refusal('not_found');
  return route(ports, call, decodeURIComponent(id ?? ''));
}

type Route = (ports: RestPorts, request: Request, id: string) => RestAnswer | Promise<RestAnswer>;

const report: Route = (ports, request, id) => {
  const fields = { ...jsonOf(request), id };
  if (!isReport(fields))
    throw new Refusal('invalid_request', { details: [{ path: 'status', message: 'no es válido' }] });
  return { status: 200, body: ports.report(fields) };
};

const routes: Readonly<Record<string, Route>> = {
  'POST register': ({ account }, request) => ({ status: 201, body: account.register(jsonOf(request)) }),
  'GET info': ({ account }) => ({ status: 200, body: account.info() }),
  'GET stats': ({ account, ledger, pushes }) => ({ status: 200, body: account.stats(ledger.list(), pushes.records) }),
  'GET service': ({ account }) => ({ status: 200, body: account.service.all }),
  'PUT service': ({ account }, request) => ({ status: 200, body: account.service.change(jsonOf(request)) }),
  'POST key/rotate': ({ account }) => ({ status: 201, body: account.rotateKey() }),
  'POST signing-secret/rotate': ({ account }) => ({ status: 201, body: account.rotateSecret() }),
  'POST heartbeat': (ports, request) => {
    const { version } = request.body.length === 0 ? {} : jsonOf(request);
    if (typeof version === 'string') ports.account.version = version;
    return { status: 200, body: { status: 'ok', timestamp: iso(ports.clock.now()) } };
  },
  'GET instructions': async (ports, { url, gone }) => {
    const status = url.searchParams.get('status') ?? 'pending';
    if (!STATUSES.includes(status))
      throw new Refusal('invalid_request', { details: [{ path: 'status', message: status }] });
    const limit = numberOf(url, 'limit', 10, 1, 100);
    const waitMs = numberOf(url, 'wait', 0, 0, 30) * 1_000;
    // One of the six.
    const found =
      status === 'pending'
        ? await poll(ports, limit, waitMs, gone)
        : ports.ledger.list(status as InstructionStatus).slice(0, limit);
    return { status: 200, body: { count: found.length, instructions: found } };
  },
  'GET instructions/*': ({ ledger }, _request, id) => {
    const body = ledger.get(id);
    if (body === undefined) throw new Refusal('not_found');
    return { status: 200, body };
  },
  'PUT instructions/*': report,
  'PATCH instructions/*': report,
  'POST push': async ({ pushes, account }, request) =>
    pushes.take(await pushOf(request), (user) => account.users.has(user)),
  'GET push/*': ({ pushes }, _request, id) => ({ status: 200, body: pushes.state(id) }),
  'PATCH push/*': ({ pushes }, request, id) => pushes.edit(id, jsonOf(request)),
  'DELETE push/*': ({ pushes }, _request, id) => pushes.delete(id),
  'POST push/*/resend': ({ pushes }, _request, id) => pushes.resend(id),
  'GET users': ({ account }, { url }) => {
    const limit = numberOf(url, 'limit', 100, 1, 1_000);
    const after = numberOf(url, 'after', 0, 0, Number.MAX_SAFE_INTEGER);
    const active = url.searchParams.get('is_active');
    const page = [...account.users.values()]
      .filter((user) => user.telegram_id > after && (active === null || `${user.is_active}` === active))
      .sort((a, b) => a.telegram_id - b.telegram_id)
      .slice(0, limit);
    const next = page.length === limit ? (page.at(-1)?.telegram_id ?? null) : null;
    return { status: 200, body: { count: page.length, users: page, next } };
  },
  'GET files/*': ({ files }, _request, id) => {
    const file = files.get(id);
    if (file === undefined) throw new Refusal('not_found');
    const headers: Record<string, string> = { 'content-type': file.type ?? 'application/octet-stream' };
    if (file.name !== undefined) {
      headers['content-disposition'] = `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`;
    }
    return { status: 200, body: file.bytes, headers };
  },
};

async function poll(
  { clock, ledger, draining, fetched, changed }: RestPorts,
  limit: number,
  waitMs: number,
  gone: AbortSignal,
) {
  const deadline = clock.now() + waitMs;
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  gone.addEventListener('abort', giveUp);
  const cancel = clock.after(waitMs, giveUp);
  try {
    for (;;) {
      if (draining() || gone.aborted) return [];
      const found = ledger.claim(POLL, limit);
      for (const { id } of found) fetched(id);
      if (found.length > 0 || clock.now() >= deadline) return found;
      await changed(patience.signal);
    }
  } finally {
    cancel();
    gone.removeEventListener('abort', giveUp);
  }
}

async function pushOf(request: Request): Promise<IncomingPush> {
  const key = request.headers['idempotency-key'];
  const idempotencyKey = Array.isArray(key) ? key[0] : key;
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) return { fields: jsonOf(request), idempotencyKey };
  const form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  let file: PushRecord['file'];
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = FIELDS_OF_TEXT.includes(name) ? value : parsed(value);
    else if (name === 'photo' || name === 'document') {
      file = { kind: name, name: value.name, type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) };
    }
  }
  return { fields, ...(file && { file }), idempotencyKey };
}

/** Every other field of a form is JSON. */
const FIELDS_OF_TEXT: readonly string[] = ['text', 'message_type', 'parse_mode'];

function jsonOf({ headers, body }: Request): Record<string, unknown> {
  if (!(headers['content-type'] ?? '').startsWith('application/json')) throw new Refusal('unsupported_media_type');
  const value = parsed(body.toString());
  if (!isRecord(value)) throw new Refusal('invalid_request');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('invalid_request');
  }
}

function numberOf({ searchParams }: URL, name: string, fallback: number, least: number, most: number): number {
  const text = searchParams.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && value >= least && value <= most) return value;
  throw new Refusal('invalid_request', { details: [{ path: name, message: `de ${least} a ${most}` }] });
}
