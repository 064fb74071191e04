import { expect, test } from 'vitest';
import { controlled, instruction, online } from './support/scripted-hub.ts';

declare module '../../client-sdk/src/wire/commands.ts' {
  interface Commands {
    print_menu: { copies: number; [field: string]: unknown };
  }
}

test('a handler knows what its command carries, also one that the TPV declared itself', async () => {
  const { session } = await online((tpv) =>
    tpv
      .on('process_message', ({ payload }) => payload.text.length + payload.attachments.length)
      .on('process_callback', ({ payload }) => payload.action.toUpperCase())
      .on('print_menu', ({ payload }) => payload.copies * 2)
      .on('anything_else', ({ command, payload }) => [command, payload.whatever]),
  );
  const answers: unknown[] = [];
  for (const [command, payload] of [
    ['process_message', { text: 'Hola', attachments: [] }],
    ['process_callback', { action: 'ok' }],
    ['print_menu', { copies: 2 }],
    ['anything_else', { whatever: 7 }],
  ] as const) {
    session.give(instruction({ command, payload }));
    answers.push((await session.accepted()).response);
  }
  expect(answers).toEqual([4, 'OK', 4, ['anything_else', 7]]);
});

test('a handler for any command takes every command', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_callback', handler).otherwise(handler));
  session.give(instruction({ command: 'process_callback' }), instruction({ command: 'dance', telegram_user_id: 2 }));
  for (const command of ['process_callback', 'dance']) {
    const running = await begun.next();
    expect(running.instruction.command).toBe(command);
    running.end();
  }
});
