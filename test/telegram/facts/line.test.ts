import { describe, expect, onTestFinished, test } from 'vitest';
import { openLine } from '../../../demo/emulator/mod.ts';
import { telegramApi, telegramFault } from '../../../src/telegram/outbound/api.ts';
import { certificate } from '../../support/certificate.ts';
import { emulatorOnClock, holds } from '../../support/facts.ts';

const ana = { id: 501, first_name: 'Ana', started: true };

/** A bot behind a line to Telegram; its requests end when the test moves the clock. */
async function behindLine(options: { tls?: { key: Buffer; cert: Buffer } } = {}) {
  const { emulator, clock } = await emulatorOnClock();
  const line = await openLine(emulator.apiRoot, options);
  onTestFinished(() => line.close());
  const api = telegramApi({ token: emulator.token, apiRoot: line.apiRoot, clock });
  const send = (text: string) =>
    api.sendMessage(ana.id, text).then(
      () => 'sent',
      (error: unknown) => telegramFault(error).kind,
    );
  return { emulator, clock, line, send, person: emulator.person(ana) };
}

describe('a line of its own lies between the bot and Telegram', () => {
  test('where nobody listens a message has not left, and goes once somebody does', async () => {
    const { line, send, person } = await behindLine();
    await line.become('refused');
    expect(await send('uno')).toBe('unreachable');
    await line.become('open');
    expect(await send('dos')).toBe('sent');
    expect(person.chat.map(({ text }) => text)).toEqual(['dos']);
  });

  test('a kept connection that was forgotten answers with a reset, and the message may have arrived', async () => {
    const { line, send, person } = await behindLine();
    await send('uno');
    line.forget();
    expect(await send('dos')).toBe('unknown');
    expect(await send('tres')).toBe('sent');
    expect(line.swallowed.map((piece) => piece.includes('"dos"'))).toContain(true);
    expect(person.chat.map(({ text }) => text)).toEqual(['uno', 'tres']);
  });

  test('on a dead line nothing arrives in either direction', async () => {
    const { emulator, line, send, clock, person } = await behindLine();
    await send('uno');
    await line.become('dead');
    const lost = send('dos');
    await holds(
      () => line.stuck === 1,
      () => 'The request is not stuck',
    );
    await clock.advance(45_000);
    expect(await lost).toBe('unknown');
    await line.become('open');
    const mend = emulator.fail({ times: 1, how: { kind: 'delay', ms: 8_000 } });
    const unanswered = send('tres');
    await holds(
      () => emulator.held === 1,
      () => 'The request did not arrive',
    );
    await line.become('dead');
    await clock.advance(8_000);
    mend();
    await holds(
      () => line.stuck === 1,
      () => 'The answer arrived',
    );
    await clock.advance(37_000);
    expect(await unanswered).toBe('unknown');
    expect(person.chat.map(({ text }) => text)).toEqual(['uno', 'tres']);
  });
});

test('faults of TLS come before a byte of the message left', async () => {
  const { line, send, clock } = await behindLine({ tls: await certificate() });
  expect(await send('an unknown certificate')).toBe('unreachable');
  await line.become('reset');
  expect(await send('a reset')).toBe('unreachable');
  await line.become('garbled');
  expect(await send('no handshake')).toBe('unreachable');
  await line.become('dead');
  const silent = send('silence');
  await holds(
    () => line.stuck === 1,
    () => 'Nothing was connected',
  );
  await clock.advance(5_000);
  expect(await silent).toBe('unreachable');
  expect(line.swallowed).toEqual([]);
});
