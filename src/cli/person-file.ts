import { open } from 'node:fs/promises';
import { HubError } from '../errors.ts';
import { personDocument } from '../rights/person-document.ts';
import { userById } from '../users/user.ts';
import type { Result } from './command.ts';
import type { Desk } from './database.ts';
import { say } from './language/say.ts';

/**
 * Writes everything that is held on a person into a new file that is for this user alone.
 * @throws HubError `not_found`, `invalid_request` if the file is there already, or can't be made
 */
export async function exportPerson({ db, change, now }: Desk, telegramId: number, file: string): Promise<Result> {
  if ((await db.query(userById, { telegramId })).length === 0) {
    throw new HubError('not_found', say`Nobody with the id ${telegramId} has written yet.`);
  }
  const handle = await open(file, 'wx', 0o600).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HubError('invalid_request', say`The file can't be made (${reason}): give another one with --to.`, {
      cause,
    });
  });
  let bytes = 0;
  try {
    for await (const piece of personDocument(db, telegramId, { now: now() })) {
      await handle.writeFile(piece);
      bytes += piece.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await change(
    async () => {},
    () => ({ action: 'user.export', target: { kind: 'user', id: String(telegramId) } }),
  );
  return {
    data: { telegram_id: telegramId, file, bytes },
    text: say`All that is held on ${telegramId} is in ${file}.`,
  };
}
