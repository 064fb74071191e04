/** The bot's name in Telegram; undefined while Telegram can't be asked. */
export type BotUsername = () => Promise<string | undefined>;

/** Opens the bot and assigns its person to the TPV of this code; null while the bot's name is not known. */
export async function joinLink(
  { botUsername }: { botUsername: BotUsername },
  joinCode: string,
): Promise<string | null> {
  const username = await botUsername();
  return username === undefined ? null : botLink(username, joinCode);
}

/** Opens the bot; with `start`, and says this to it. */
export function botLink(username: string, start?: string): string {
  return `https://t.me/${username}${start === undefined ? '' : `?start=${start}`}`;
}
