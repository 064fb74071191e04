import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { mayConnectTo } from '../../callbacks/address.ts';
import type { Config } from '../../config/config.ts';
import type { Database } from '../../db/open.ts';
import { callableUrl } from '../../tpvs/endpoint.ts';
import { allTpvs } from '../../tpvs/tpv.ts';
import { say } from '../language/say.ts';
import { type Finding, findings } from './finding.ts';

type CallbackConfig = Pick<Config, 'CALLBACK_ALLOWED_ORIGINS' | 'CALLBACK_ALLOW_PRIVATE' | 'PUBLIC_URL'>;

/**
 * Whether the hub may connect to what buttons call: private addresses are refused unless CALLBACK_ALLOW_PRIVATE says
 * otherwise (docs/security.md, S15). A TPV that only takes instructions needs no address that can be called.
 */
export async function checkCallbacks(db: Database, config: CallbackConfig): Promise<Finding[]> {
  const { ok, warning, fault } = findings('callbacks');
  const found: Finding[] = [];
  const allowPrivate = config.CALLBACK_ALLOW_PRIVATE;
  if (allowPrivate && config.PUBLIC_URL?.startsWith('https:')) {
    const what = say`CALLBACK_ALLOW_PRIVATE is true: buttons may call every address of this LAN.`;
    found.push(warning(what, say`Set it to false, unless the TPVs stand in this LAN.`));
  }
  for (const origin of config.CALLBACK_ALLOWED_ORIGINS) {
    if (await isCallable(origin, allowPrivate)) continue;
    const what = say`CALLBACK_ALLOWED_ORIGINS has ${origin}, a private or unknown address: its buttons are never called.`;
    found.push(
      fault(what, say`Give an address that the internet knows, or set CALLBACK_ALLOW_PRIVATE=true for a LAN.`),
    );
  }
  for (const tpv of await db.query(allTpvs, {})) {
    if (tpv.is_active !== 1 || (await isCallable(tpv.endpoint_url, allowPrivate))) continue;
    const what = say`"${tpv.name}" has the private or unknown address ${tpv.endpoint_url}: buttons can't call it.`;
    found.push(
      warning(what, say`It matters only where its buttons have a callback_url; CALLBACK_ALLOW_PRIVATE=true allows it.`),
    );
  }
  return found.length > 0 ? found : [ok(say`What buttons call can be called.`)];
}

async function isCallable(text: string, allowPrivate: boolean): Promise<boolean> {
  const host = callableUrl(text)?.hostname.replace(/^\[|\]$/g, '');
  if (host === undefined) return false;
  if (isIP(host) !== 0) return mayConnectTo(host, allowPrivate);
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.length > 0 && addresses.every(({ address }) => mayConnectTo(address, allowPrivate));
}
