import { describe, expect, test } from 'vitest';
import { verifyCall } from '#hub-client';
import { signatureHeaders } from '../../src/callbacks/signature.ts';

/** Those of the reference library of https://www.standardwebhooks.com, which made the signatures below. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const CALL = {
  id: 'press_4382bfdwdsb78889',
  seconds: 1_762_684_200,
  body: 'token=abc&accion=Abrir+ma%C3%B1ana&telegram_user_id=1001&uid_dispositivo=&metadata=%7B%7D',
};
const SIGNATURE = 'v1,K8tX5op+uRhLTlpTS/Q5GP626sMxaR3RvBPkUZzcsc0=';
const now = CALL.seconds * 1_000;

describe('the headers of a call (S31)', () => {
  test('are those of Standard Webhooks', () => {
    expect(signatureHeaders([SECRET], CALL)).toEqual({
      'webhook-id': CALL.id,
      'webhook-timestamp': '1762684200',
      'webhook-signature': SIGNATURE,
    });
    const theirs = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signatureHeaders([SECRET], theirs)).toMatchObject({
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('have a signature for each secret, and there are none without a secret', () => {
    const [first, second, ...more] = signatureHeaders([SECRET, OTHER], CALL)['webhook-signature']?.split(' ') ?? [];
    expect([first, more]).toEqual([SIGNATURE, []]);
    expect(second).toMatch(/^v1,[\w+/]{43}=$/);
    expect(signatureHeaders([], CALL)).toEqual({});
  });
});

describe('a TPV verifies a call', () => {
  const headers = signatureHeaders([OTHER, SECRET], CALL);
  const { body } = CALL;

  test('with its secret, as text, as bytes, and with either kind of headers', () => {
    for (const secret of [SECRET, OTHER, SECRET.slice('whsec_'.length)]) {
      expect(verifyCall({ headers, body }, { secret, now })).toBe(true);
      expect(verifyCall({ headers: new Headers(headers), body: Buffer.from(body) }, { secret, now })).toBe(true);
    }
  });

  test('within five minutes of its time', () => {
    for (const [ms, valid] of [
      [300_000, true],
      [-300_000, true],
      [300_001, false],
      [-300_001, false],
    ] as const) {
      expect([ms, verifyCall({ headers, body }, { secret: SECRET, now: now + ms })]).toEqual([ms, valid]);
    }
    expect(verifyCall({ headers, body }, { secret: SECRET })).toBe(false);
  });

  test.each<[string, Partial<Record<string, string | undefined>>, string?, string?]>([
    ['another body', {}, `${body}&x=1`],
    ['another secret', {}, body, `whsec_${Buffer.alloc(32, 8).toString('base64')}`],
    ['no secret', {}, body, ''],
    ['another id', { 'webhook-id': 'press_2' }],
    ['another time', { 'webhook-timestamp': '1762684201' }],
    ['a time that is none', { 'webhook-timestamp': 'now' }],
    ['no id', { 'webhook-id': undefined }],
    ['no time', { 'webhook-timestamp': undefined }],
    ['no signature', { 'webhook-signature': undefined }],
    ['an empty signature', { 'webhook-signature': '' }],
    ['a signature of another version', { 'webhook-signature': SIGNATURE.replace('v1', 'v2') }],
    ['half a signature', { 'webhook-signature': SIGNATURE.slice(0, 20) }],
  ])('and refuses one with %s', (_, changed, text = body, secret = SECRET) => {
    expect(verifyCall({ headers: { ...headers, ...changed }, body: text }, { secret, now })).toBe(false);
  });
});
