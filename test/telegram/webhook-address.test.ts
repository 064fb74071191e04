import { describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import type { HubError } from '../../src/errors.ts';
import { telegramApi } from '../../src/telegram/outbound/api.ts';
import { type Resolve4, webhookAddressFault } from '../../src/telegram/setup/webhook-address.ts';
import { webhookFaults } from '../../src/telegram/setup/webhook-fault.ts';
import { setWebhook, type WebhookSetup, webhookSetup } from '../../src/telegram/setup/webhook-setup.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { WEBHOOK_SECRET } from '../support/hub.ts';

const dns: Resolve4 = async (name) => {
  const known: Record<string, string[]> = {
    'hub.example': ['203.0.113.9', '93.184.215.14'],
    'lan.example': ['192.168.1.10'],
    'six.example': [],
  };
  const addresses = known[name];
  if (addresses === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  return addresses;
};

describe('the address of a webhook', () => {
  test.each([
    'https://hub.example/webhook/telegram/',
    'https://hub.example:443/x',
    'https://hub.example:8443/x',
    'https://hub.example:88/x',
    'https://hub.example:80/x',
    'https://93.184.215.14/x',
  ])('%s is one at which Telegram delivers', async (url) => {
    expect(await webhookAddressFault(url, dns)).toBeUndefined();
  });

  test.each([
    ['http://hub.example/x', /HTTPS/],
    ['https://hub.example:8100/x', /443, 80, 88 y 8443/],
    ['https://lan.example/x', /192\.168\.1\.10/],
    ['https://10.0.0.1/x', /no lleva a una dirección pública/],
    ['https://127.0.0.1:8443/x', /no lleva a una dirección pública/],
    ['https://[2001:4860:4860::8888]/x', /IPv4/],
    ['https://six.example/x', /registro A/],
    ['https://gone.example/x', /registro A/],
  ])('%s is refused', async (url, reason) => {
    expect(await webhookAddressFault(url, dns)).toMatch(reason);
  });

  test('a DNS that does not answer refuses nothing', async () => {
    const silent: Resolve4 = async () => {
      throw Object.assign(new Error('no answer'), { code: 'ETIMEOUT' });
    };
    expect(await webhookAddressFault('https://hub.example/x', silent)).toBeUndefined();
  });

  test('is looked at where Telegram itself is asked, and not for a server of one’s own', () => {
    const ports = { api: telegramApi({ token: '1:made-up', apiRoot: 'http://127.0.0.1:9' }), now: () => 0 };
    const of = (root: string) =>
      webhookSetup(
        {
          TELEGRAM_MODE: 'webhook',
          TELEGRAM_API_ROOT: root,
          TELEGRAM_WEBHOOK_URL: undefined,
          TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
          PUBLIC_URL: 'https://hub.example:8100',
        },
        { ...ports, lastUpdateAt: async () => undefined },
      );
    expect(of('http://127.0.0.1:8081').resolve4).toBeUndefined();
    expect(of('https://api.telegram.org').resolve4).toBeTypeOf('function');
    expect(of('https://api.telegram.org').url).toBe('https://hub.example:8100/webhook/telegram/');
  });
});

const FORMER = 'http://127.0.0.1:9/former';

async function withFormer(): Promise<{ setup: WebhookSetup; emulator: Awaited<ReturnType<typeof startEmulator>> }> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const api = telegramApi({ token: emulator.token, apiRoot: emulator.apiRoot });
  const setup: WebhookSetup = {
    api,
    mode: 'webhook',
    url: undefined,
    secret: WEBHOOK_SECRET,
    resolve4: dns,
    now: () => 0,
    lastUpdateAt: async () => undefined,
  };
  await api.setWebhook(FORMER, { secret_token: WEBHOOK_SECRET, max_connections: 7, allowed_updates: ['message'] });
  return { setup, emulator };
}

/** What an administrator is told of it. */
const refusalOf = (setup: WebhookSetup, url: string) =>
  setWebhook(setup, url).then(
    () => expect.unreachable(url),
    (error: HubError) => ({ code: error.code, ...error.told(SPANISH.words) }),
  );

const urlsSet = ({ calls }: Awaited<ReturnType<typeof startEmulator>>) =>
  calls.filter(({ method }) => method === 'setWebhook').map(({ params }) => params.url);

describe('setting a webhook', () => {
  test('at an address that Telegram refuses does not ask it, and keeps the former one', async () => {
    const { setup, emulator } = await withFormer();
    expect(await refusalOf(setup, 'https://hub.example:8100/x')).toMatchObject({
      code: 'invalid_request',
      details: [{ path: 'url', message: expect.stringContaining('8443') }],
    });
    expect(urlsSet(emulator)).toEqual([FORMER]);
    expect(emulator.webhook).toMatchObject({ url: FORMER, maxConnections: 7 });
  });

  test('that Telegram refuses sets the former one again, with its own settings', async () => {
    const { setup, emulator } = await withFormer();
    const description = 'Bad Request: bad webhook: failed to resolve host';
    emulator.fail({ method: 'setWebhook', times: 1, how: { kind: 'error', code: 400, description } });
    expect(await refusalOf(setup, 'https://hub.example/x')).toMatchObject({
      code: 'telegram_error',
      details: [{ message: expect.stringMatching(/failed to resolve host.*sigue entregando en .*former/) }],
    });
    expect(urlsSet(emulator)).toEqual([FORMER, 'https://hub.example/x', FORMER]);
    expect(emulator.webhook).toEqual({
      url: FORMER,
      secret: WEBHOOK_SECRET,
      maxConnections: 7,
      allowedUpdates: ['message'],
    });
  });

  test('says so where Telegram does not take the former one back', async () => {
    const { setup, emulator } = await withFormer();
    emulator.fail({ method: 'setWebhook', times: 2, how: { kind: 'error', code: 400, description: 'no' } });
    expect(await refusalOf(setup, 'https://hub.example/x')).toMatchObject({
      details: [{ message: expect.stringContaining('ya no entrega en ningún sitio') }],
    });
  });

  test('at which Telegram delivers already asks no DNS', async () => {
    const { setup } = await withFormer();
    expect(await setWebhook(setup, FORMER)).toBe(FORMER);
  });
});

describe('a failure that Telegram tells of', () => {
  const now = 1_800_000_000_000;
  const faultsOf = (agoMs: number, pending: number, lastUpdateAt?: number) =>
    webhookFaults(
      {
        url: FORMER,
        has_custom_certificate: false,
        pending_update_count: pending,
        last_error_date: (now - agoMs) / 1_000,
        last_error_message: 'Connection refused',
      },
      { mode: 'webhook', url: FORMER, now, lastUpdateAt },
    ).map(({ code }) => code);

  test.each([
    ['of a minute ago counts', 60_000, 0, undefined, ['failing']],
    ['of a minute ago counts where the last update is older', 60_000, 0, now - 60_001, ['failing']],
    ['is over once an update came', 60_000, 5, now - 30_000, []],
    ['is over after ten minutes without a backlog', 601_000, 0, undefined, []],
    ['counts for as long as Telegram holds updates back', 86_400_000, 1, undefined, ['failing']],
  ] as const)('%s', (_name, agoMs, pending, lastUpdateAt, codes) => {
    expect(faultsOf(agoMs, pending, lastUpdateAt)).toEqual(codes);
  });

  test('matters to no hub that polls; a webhook does', () => {
    const info = { has_custom_certificate: false, pending_update_count: 500, url: '' };
    const polling = { mode: 'polling', url: FORMER, now, lastUpdateAt: undefined } as const;
    expect(webhookFaults(info, polling)).toEqual([]);
    expect(webhookFaults({ ...info, url: FORMER }, polling)).toEqual([{ code: 'unwanted', url: FORMER }]);
  });
});
