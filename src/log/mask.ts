/** What a log shows instead. */
const HIDDEN = '[secret]';

/** What keys, signing secrets and bot tokens look like, also those of others (docs/security.md, S3 and S5); in URLs `bot` comes before. */
const LOOK_LIKE_SECRETS = ['(?<!\\d)\\d{6,}:[\\w-]{30,}', '\\btpv_\\w{16,}', '\\bwhsec_[\\w+/=]{16,}'];

/** Shorter ones would take words out of every line. */
const LEAST_SECRET = 6;

/**
 * Makes the function that takes secrets out of a line: those that the configuration holds, as they are, within JSON
 * and within a URL, and whatever looks like a key or a bot's token.
 */
export function maskOf(secrets: readonly string[]): (line: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= LEAST_SECRET)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  // The longest first: one may begin like another.
  const known = [...new Set(spellings)].sort((a, b) => b.length - a.length).map((one) => RegExp.escape(one));
  const pattern = new RegExp([...known, ...LOOK_LIKE_SECRETS].join('|'), 'g');
  return (line) => line.replace(pattern, HIDDEN);
}
