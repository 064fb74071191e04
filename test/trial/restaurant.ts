import { answer, HubClient } from '#hub-client';
import type { Emulator, Person } from '../../demo/emulator/mod.ts';
import { until } from './debian.ts';
import { DOMAIN } from './install-commands.ts';

const ANSWER_MS = 180_000;

/** The restaurant's TPV, which reaches the hub as all do: over the domain, through Caddy. */
export async function connectTpv(apiKey: string): Promise<HubClient> {
  const tpv = new HubClient({ url: `https://${DOMAIN}`, apiKey });
  tpv.on('process_message', ({ payload }) => answer(`Recibido: ${payload.text}`, { parse_mode: 'none' }));
  await tpv.connect();
  return tpv;
}

/** Writes to the bot, and waits for the restaurant's answer. */
export async function writeAndWait(person: Person, words: string): Promise<void> {
  person.send(words);
  await until(`No answer to "${words}" came`, async () => hasAnswer(person, words), ANSWER_MS);
}

function hasAnswer({ chat }: Person, words: string): boolean {
  return chat.some(({ text }) => text === `Recibido: ${words}`);
}

export function newPerson(telegram: Emulator): Person {
  return telegram.person({ id: 4_200, first_name: 'Ana', language_code: 'es' });
}
