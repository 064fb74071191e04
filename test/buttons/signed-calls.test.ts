import { describe, expect, test } from 'vitest';
import { HubApi, verifyCall } from '#hub-client';
import { buttonScene } from '../support/buttons.ts';
import { DIALECTS } from '../support/hub.ts';
import { type HubRequest, tpvServer } from '../support/tpv-server.ts';

const DAY_MS = 86_400_000;

describe.each(DIALECTS)('a call of a TPV’s URL on %s (S31)', (database) => {
  test('is signed with its TPV’s secret, and for a day after a rotation with the one before, too', async () => {
    const server = await tpvServer(() => ({ success: true }));
    const at = await buttonScene({
      database,
      env: { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin },
    });
    const { hub, clock, ana, tpv } = at;
    const api = new HubApi({ url: hub.url, apiKey: tpv.key });
    const verified = (call: HubRequest | undefined, secrets: readonly string[]) =>
      secrets.map((secret) => call !== undefined && verifyCall(call, { secret, now: clock.now() }));
    const press = async () => {
      const { messageId } = await at.hang([[{ text: 'Abrir mañana', callback_url: `${server.origin}/abrir` }]]);
      await ana.press(messageId, 0).answered;
      return server.requests.at(-1);
    };

    const { signing_secret: first } = await api.rotateSigningSecret();
    const one = await press();
    expect(verified(one, [first])).toEqual([true]);
    expect(one?.headers['webhook-id']).toMatch(/^press_./);

    const { signing_secret: second, previous_valid_until: until } = await api.rotateSigningSecret();
    expect(Date.parse(until) - clock.now()).toBe(DAY_MS);
    const two = await press();
    expect(verified(two, [first, second])).toEqual([true, true]);
    expect(two?.headers['webhook-id']).not.toBe(one?.headers['webhook-id']);

    await clock.jump(DAY_MS);
    expect(verified(await press(), [first, second])).toEqual([false, true]);
    const rotated = await hub.admin(`/api/admin/tpvs/${tpv.id}/rotate-secret`, { method: 'POST' });
    expect(rotated).toMatchObject({ status: 201, body: { signing_secret: expect.stringMatching(/^whsec_/) } });
    expect(verified(await press(), [second, rotated.body.signing_secret])).toEqual([true, true]);
    const { body } = await hub.admin('/api/admin/audit?action=tpv.rotate_secret');
    expect(body.items.map(({ actor }: { actor: string }) => actor)).toEqual(['token', 'tpv', 'tpv']);
  });

  test('of a bare URL is signed with the secrets of the active TPVs of its origin', async () => {
    const server = await tpvServer(() => ({ success: true }));
    const at = await buttonScene({ database, env: { CALLBACK_ALLOW_PRIVATE: 'true' } });
    const registered = async (path: string) => {
      const json = { name: 'Bar', endpoint_url: `${server.origin}${path}` };
      const { body } = await at.hub.fetch('/api/tpv/register/', { method: 'POST', json });
      return body as { id: string; signing_secret: string };
    };
    const [one, two, gone] = [await registered('/1'), await registered('/2'), await registered('/3')];
    await at.hub.admin(`/api/admin/tpvs/${gone.id}`, { method: 'DELETE' });
    const data = `${server.origin}/luz/1`;
    await at.forge({ data, messageId: 77, carries: data });
    const [call] = server.requests;
    expect(
      [one, two, gone].map(({ signing_secret: secret }) => call && verifyCall(call, { secret, now: at.clock.now() })),
    ).toEqual([true, true, false]);
  });

  test('of an origin that no TPV has, and the administrator allowed, has no signature', async () => {
    const server = await tpvServer(() => ({ success: true }));
    const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin };
    const at = await buttonScene({ database, env });
    const data = `${server.origin}/luz/1`;
    await at.forge({ data, messageId: 77, carries: data });
    const names = server.requests.map(({ headers }) =>
      Object.keys(headers).filter((name) => name.startsWith('webhook-')),
    );
    expect(names).toEqual([[]]);
  });
});
