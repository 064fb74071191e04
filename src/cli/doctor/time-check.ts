import { say } from '../language/say.ts';
import { type Finding, findings } from './finding.ts';

/** A Date header has whole seconds, and the way takes some. */
const TOLERATED_MS = 5_000;

/**
 * Compares this machine's clock with the one of the server that `url` names. Leases, expiry and second factors go by
 * the clock.
 */
export async function checkTime(url: string, now: () => number): Promise<Finding> {
  const { ok, fault, skipped } = findings('clock');
  let theirs: number;
  try {
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    theirs = Date.parse(response.headers.get('date') ?? '');
  } catch {
    return skipped(say`The clock can’t be compared: Telegram does not answer.`);
  }
  if (Number.isNaN(theirs)) return skipped(say`The clock can’t be compared: Telegram tells no time.`);
  const offMs = now() - theirs;
  if (Math.abs(offMs) <= TOLERATED_MS) return ok(say`The clock is right.`);
  const what = say`The clock is ${Math.round(Math.abs(offMs) / 1_000)} s ${offMs > 0 ? say`ahead` : say`behind`}.`;
  return fault(what, 'timedatectl set-ntp true');
}
