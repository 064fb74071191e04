import { jsonText } from '../db/json-text.ts';
import type { Transact } from '../db/open.ts';
import { uuidv7 } from '../ids.ts';
import { base62, newApiKey } from './api-key.ts';
import { requireRoomToAwait } from './awaiting.ts';
import { endpointColumns } from './endpoint.ts';
import { addKey } from './keys.ts';
import { addSigningSecret } from './signing-secret.ts';

/** What a TPV says of itself when it registers. */
export interface Registration {
  name: string;
  endpointUrl: string;
  maxUsers: number;
  version: string;
  /** JSON of an object. */
  metadata: Record<string, unknown>;
}

export interface RegisteredTpv {
  id: string;
  name: string;
  /** Shown this once, as is the secret that calls of its URL are signed with. */
  apiKey: string;
  signingSecret: string;
  isActive: boolean;
}

/** Telegram allows 64 characters after `/start`; 12 of base62 can't be guessed and fit a small QR code. */
const JOIN_CODE_LENGTH = 12;

/** What a person's `/start <code>` carries to be assigned to a TPV. */
export function newJoinCode(): string {
  return base62(JOIN_CODE_LENGTH);
}

/**
 * Creates the TPV and its key. Whether it may work at once (`isActive`) is the registration mode's rule.
 * @throws HubError `quota_exceeded` where too many wait for approval
 */
export async function registerTpv(
  transact: Transact,
  registration: Registration,
  isActive: boolean,
  now: number,
): Promise<RegisteredTpv> {
  const id = uuidv7(now);
  const key = newApiKey();
  let signingSecret = '';
  await transact(async (tx) => {
    if (!isActive) await requireRoomToAwait(tx);
    await tx.kysely
      .insertInto('tpv_instances')
      .values({
        id,
        name: registration.name,
        ...endpointColumns(registration.endpointUrl),
        is_active: isActive ? 1 : 0,
        max_users: registration.maxUsers,
        version: registration.version,
        metadata: jsonText(registration.metadata),
        join_code: newJoinCode(),
        created_at: now,
        last_heartbeat: null,
        deleted_at: null,
        approved_at: isActive ? now : null,
      })
      .execute();
    await addKey(tx, id, key, now);
    signingSecret = await addSigningSecret(tx, id, now);
    if (isActive) tx.emit({ type: 'tpv.available', tpvId: id });
  });
  return { id, name: registration.name, apiKey: key.key, signingSecret, isActive };
}
