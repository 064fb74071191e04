import type { JsonInit, TestHub, TestTpv } from './hub.ts';
import { PERSON, type PushingHub } from './push.ts';
import { openSocket, Refused } from './socket.ts';

/** What a hub said to something wrong: where, with what, and the sentences apart from all else. */
export interface Said {
  asked: string;
  /** Status, codes, paths: no sentence. */
  shape: unknown;
  sentences: string[];
}

type Wrong = [path: string, init?: JsonInit];

const CRLF = '\r\n';
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
const post = (json: unknown): JsonInit => ({ method: 'POST', json });
const put = (json: unknown): JsonInit => ({ method: 'PUT', json });

/** A push that would be taken, but for this. */
const push = (fields: Record<string, unknown>): Wrong => [
  '/api/tpv/push/',
  post({ telegram_user_id: PERSON, text: 'Hola', ...fields }),
];
const button = (fields: Record<string, unknown>) => push({ buttons: [[{ text: 'Sí', action: 'a', ...fields }]] });
const page = (fields: Record<string, unknown>) => push({ buttons: [[{ text: 'Sí', ...fields }]] });
const service = (json: unknown): Wrong => ['/api/tpv/service/', put(json)];
const timetable = (fields: Record<string, unknown>) => service({ timetable: { weekly: {}, ...fields } });

/** A push as a form of these parts. */
function form(...parts: [head: string, content: string][]): Wrong {
  const lines = parts.map(([head, content]) =>
    ['--b', `Content-Disposition: form-data; ${head}`, '', content, ''].join(CRLF),
  );
  return ['/api/tpv/push/', { ...formInit, body: `${lines.join('')}--b--${CRLF}` }];
}
const formInit = { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' } };
const to: [string, string] = ['name="telegram_user_id"', String(PERSON)];

const WRONG: Wrong[] = [
  ['/api/tpv/nothing/'],
  ['/api/tpv/info/', { headers: { authorization: 'ApiKey none' } }],
  ['/api/tpv/users/?after=%00'],
  ['/%zz'],
  ['/api/tpv/instructions/?limit=abc'],
  ['/api/tpv/instructions/?limit=1000'],
  ['/api/tpv/instructions/?status=foo&order=asc'],
  ['/api/tpv/users/?is_active=maybe'],
  ['/api/tpv/heartbeat/', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a' }],
  ['/api/tpv/heartbeat/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }],
  ['/api/tpv/heartbeat/', post({ version: 'x'.repeat(100_000) })],
  ['/api/tpv/heartbeat/', post({ version: 5 })],
  ['/api/tpv/register/', post({})],
  ['/api/tpv/register/', post({ name: '', endpoint_url: 'no', max_users: 0, version: 'a\ud800', other: 1 })],
  ['/api/tpv/register/', post({ name: 'a\0', endpoint_url: 'http://x' })],
  ['/api/tpv/register/', post({ name: 'a', endpoint_url: 'http://x', metadata: { a: 'x'.repeat(5_000) } })],
  ['/api/tpv/instructions/none/'],
  ['/api/tpv/instructions/none/', put({ status: 'sent' })],
  ['/api/tpv/instructions/none/', put({ status: 'completed', response: 'x'.repeat(70_000) })],
  [
    '/api/tpv/instructions/none/',
    { ...put(undefined), headers: { 'content-type': 'application/json' }, body: '['.repeat(50) },
  ],
  ['/api/tpv/push/', post([1])],
  push({ telegram_user_id: 5 }),
  push({ text: '', other: 1 }),
  push({ text: 'x'.repeat(4_097) }),
  push({ text: 'ñ'.repeat(20_000) }),
  push({ message_type: 'photo' }),
  push({ message_type: 'photo', data: { photo_url: 'http://x', photo_file_id: 'abc' } }),
  push({ message_type: 'photo', data: { photo_file_id: 'a b' } }),
  push({ message_type: 'photo', data: { photo_file_id: 'abc' } }),
  push({ message_type: 'location' }),
  push({ message_type: 'song', parse_mode: 'X', expires_in: 0, single_use: 'yes' }),
  push({ one_time: true, placeholder: '' }),
  push({ keyboard: [[{ text: 'a' }]], buttons: [[{ text: 'a', action: 'a' }]] }),
  push({ keyboard: [[{ text: 'a', request_contact: true, request_location: true }]] }),
  push({ keyboard: [[{ text: 'a' }]], placeholder: 'x'.repeat(65) }),
  push({ buttons: Array.from({ length: 101 }, () => [{ text: 'a', action: 'a' }]) }),
  push({ buttons: Array.from({ length: 10_001 }, () => []) }),
  push({ buttons: [[]] }),
  button({ text: ' ' }),
  button({ data: 'x'.repeat(5_000) }),
  page({ url: 'http://bar' }),
  page({ web_app: 'http://bar.example' }),
  page({ copy_text: '🥘'.repeat(200) }),
  page({ callback_url: 'http://elsewhere.example/' }),
  ['/api/tpv/push/', { ...push({})[1], headers: { 'idempotency-key': 'x'.repeat(129) } }],
  ['/api/tpv/push/none/'],
  ['/api/tpv/push/none/', { method: 'PATCH', json: {} }],
  form(to, to),
  form(['name="other"', '1']),
  form(['name="buttons"', '{']),
  form(['name="text"', 'a\0']),
  form(to, ['name="photo"; filename="a.png"', '']),
  form(to, ['name="message_type"', 'document'], ['name="photo"; filename="a.png"', 'x']),
  form(to, ['name="song"; filename="a.mp3"', 'x']),
  form(...Array.from({ length: 18 }, (_, i): [string, string] => [`name="text${i}"`, 'x'])),
  ['/api/tpv/push/', { ...formInit, body: '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nHol' }],
  service({}),
  service({ state: 'closed' }),
  service({ state: 'busy' }),
  service({ state: 'open', reason: 'x' }),
  service({ state: 'open', minutes: 5, until: soon(3_600_000) }),
  service({ state: 'paused', until: soon(-60_000) }),
  service({ state: 'paused', until: soon(800 * 86_400_000) }),
  service({ state: 'paused', reason: 'a\ud800' }),
  timetable({ zone: 'Nowhere/None' }),
  timetable({ weekly: { mon: [['1', '2']] } }),
  timetable({ exceptions: [{ date: '1999-01-01', hours: [] }] }),
  timetable({ exceptions: Array.from({ length: 2 }, () => ({ date: '2027-01-01', hours: [] })) }),
];

const FRAMES: unknown[] = [
  'no JSON',
  { type: 'unheard', ref: 'r' },
  { ref: 'r' },
  { type: 'update', id: 'none', status: 'completed', ref: 'r' },
  { type: 'push', ref: 'r', text: 'a\0', telegram_user_id: 1 },
  { type: 'push', ref: 'r', telegram_user_id: 1, buttons: Array.from({ length: 6_000 }, () => []) },
  { type: 'push', ref: 'r', telegram_user_id: 5, text: 'Hola' },
  { type: 'push', ref: 'r', telegram_user_id: PERSON, text: '' },
  { type: 'service', ref: 'r', state: 'busy' },
];

/** Asks a hub for all that is wrong, in the same order each time, and gives back what it said to each. */
export async function askAllWrong(hub: PushingHub): Promise<Said[]> {
  const tpv = hub.one;
  const said: Said[] = [];
  const keep = (asked: string, answer: unknown) =>
    said.push({ asked: asked.replace(/[0-9a-f]{8}(-[0-9a-f]+){4}/, '…'), ...apart(answer) });
  for (const [path, init] of [...WRONG, ...(await afterAReport(tpv))]) {
    const { status, body } = await tpv.fetch(path, init);
    keep(`${init?.method ?? 'GET'} ${path} ${String(init?.body ?? JSON.stringify(init?.json)).slice(0, 200)}`, {
      status,
      body,
    });
  }
  for (const frame of FRAMES) keep(JSON.stringify(frame).slice(0, 200), await refusedFrame(tpv, frame));
  keep('a socket that speaks something else', await refusedSocket(hub, tpv, { protocols: ['other'] }));
  keep('a socket without a key', await refusedSocket(hub, undefined));
  keep('a page at the address of sockets', await tpv.fetch('/api/tpv/ws/'));
  return said;
}

/** What is wrong only with an instruction that has ended, and with a message that was sent. */
async function afterAReport(tpv: TestTpv): Promise<Wrong[]> {
  const { instructions } = (await tpv.fetch('/api/tpv/instructions/')).body;
  const path = `/api/tpv/instructions/${instructions[0].id}/`;
  await tpv.fetch(path, put({ status: 'completed' }));
  const sent = async (fields: Record<string, unknown>, headers = {}) => {
    const { status, body } = await tpv.fetch('/api/tpv/push/', { ...push(fields)[1], headers });
    if (status !== 201) throw new Error(`A message was not sent: ${JSON.stringify(body)}`);
    return `/api/tpv/push/${body.push_message_id}/`;
  };
  const key = { 'idempotency-key': 'one' };
  const message = await sent({}, key);
  const withKeys = await sent({ keyboard: [[{ text: 'a' }]] });
  const place = await sent({ message_type: 'location', data: { latitude: 1, longitude: 1 }, text: '' });
  return [
    [path, put({ status: 'processing' })],
    [message, { method: 'PATCH', json: {} }],
    [message, { method: 'PATCH', json: { text: 'x'.repeat(4_097) } }],
    [`${message}resend/`, { method: 'POST' }],
    [withKeys, { method: 'PATCH', json: { text: 'x' } }],
    [place, { method: 'PATCH', json: { text: 'x' } }],
    ['/api/tpv/push/', { ...push({ text: 'Otra cosa' })[1], headers: key }],
  ];
}

/** A socket of its own for each: three frames that can't be read end one. */
async function refusedFrame(tpv: TestTpv, frame: unknown): Promise<unknown> {
  const socket = await tpv.socket();
  socket.send(frame);
  const hasRef = typeof frame === 'object' && frame !== null && 'ref' in frame;
  const { error } = await socket.next(hasRef ? 'result' : 'error');
  return { error };
}

async function refusedSocket(hub: TestHub, tpv: TestTpv | undefined, options = {}): Promise<unknown> {
  const refused = await openSocket(hub.url, { ...options, ...(tpv && { key: tpv.key }) }).catch((error) => error);
  if (!(refused instanceof Refused)) throw new Error('A socket was opened that should have been refused.');
  return { status: refused.status, body: JSON.parse(refused.body) };
}

/** Parts the sentences from the rest; ids of a hub's own are left out. */
function apart(answer: unknown): Pick<Said, 'shape' | 'sentences'> {
  const sentences: string[] = [];
  const text = JSON.stringify(answer, (name, value) => {
    if (name === 'headers' || /_id$/.test(name)) return undefined;
    if (typeof value !== 'string' || !['error', 'message'].includes(name)) return value;
    sentences.push(value);
    return '…';
  });
  return { shape: JSON.parse(text), sentences };
}
