import { isFlag, isRecord, isText, isWhole, orAbsent, orNull, shape } from '../wire/check.ts';
import { isServiceNow, type ServiceNow } from '../wire/service.ts';

/** What a TPV says of itself to be registered. */
export interface TpvRegistration {
  name: string;
  /** Where the TPV itself is reached (http or https). */
  endpoint_url: string;
  /** The most people that the hub assigns to it. Default 100. */
  max_users?: number;
  version?: string;
  metadata?: Record<string, unknown>;
}

/** A new TPV. Its `api_key` and its `signing_secret` are shown this once; where `is_active` is false, an administrator has to activate it. */
export interface RegisteredTpv {
  id: string;
  name: string;
  api_key: string;
  /** For `verifyCall`. Absent where the hub is an older one. */
  signing_secret?: string | undefined;
  message: string;
  is_active: boolean;
}

export const isRegisteredTpv = shape<RegisteredTpv>({
  id: isText,
  name: isText,
  api_key: isText,
  signing_secret: orAbsent(isText),
  message: isText,
  is_active: isFlag,
});

/** The TPV as the hub knows it. */
export interface TpvInfo {
  id: string;
  name: string;
  endpoint_url: string;
  is_active: boolean;
  max_users: number;
  version: string | null;
  metadata: Record<string, unknown>;
  created_at: string;
  last_heartbeat: string | null;
  user_count: number;
  is_online: boolean;
  /** Whether its restaurant attends now. Absent where the hub is an older one. */
  service?: ServiceNow | undefined;
}

export const isTpvInfo = shape<TpvInfo>({
  id: isText,
  name: isText,
  endpoint_url: isText,
  is_active: isFlag,
  max_users: isWhole,
  version: orNull(isText),
  metadata: isRecord,
  created_at: isText,
  last_heartbeat: orNull(isText),
  user_count: isWhole,
  is_online: isFlag,
  service: orAbsent(isServiceNow),
});

/** A TPV's people, instructions and push messages in numbers. */
export interface TpvStats {
  tpv_id: string;
  tpv_name: string;
  is_online: boolean;
  last_heartbeat: string | null;
  users: { total: number; max: number; available_slots: number };
  instructions: {
    pending: number;
    sent: number;
    delivered: number;
    processing: number;
    completed: number;
    failed: number;
    total: number;
  };
  push_messages: { pending: number; sent: number; failed: number; unknown: number; total: number };
  /** Whether its restaurant attends now. Absent where the hub is an older one. */
  service?: ServiceNow | undefined;
}

export const isTpvStats = shape<TpvStats>({
  tpv_id: isText,
  tpv_name: isText,
  is_online: isFlag,
  last_heartbeat: orNull(isText),
  users: shape<TpvStats['users']>({ total: isWhole, max: isWhole, available_slots: isWhole }),
  instructions: shape<TpvStats['instructions']>({
    pending: isWhole,
    sent: isWhole,
    delivered: isWhole,
    processing: isWhole,
    completed: isWhole,
    failed: isWhole,
    total: isWhole,
  }),
  push_messages: shape<TpvStats['push_messages']>({
    pending: isWhole,
    sent: isWhole,
    failed: isWhole,
    unknown: isWhole,
    total: isWhole,
  }),
  service: orAbsent(isServiceNow),
});

/** The hub's word that it heard from this TPV. */
export interface Heartbeat {
  status: 'ok';
  timestamp: string;
}

export const isHeartbeat = shape<Heartbeat>({
  status: (value): value is 'ok' => value === 'ok',
  timestamp: isText,
});

/** A new key. The one before it works until `previous_valid_until`. */
export interface RotatedKey {
  api_key: string;
  previous_valid_until: string;
}

export const isRotatedKey = shape<RotatedKey>({ api_key: isText, previous_valid_until: isText });

/** A new signing secret. Calls are signed with the one before it, too, until `previous_valid_until`. */
export interface RotatedSecret {
  signing_secret: string;
  previous_valid_until: string;
}

export const isRotatedSecret = shape<RotatedSecret>({ signing_secret: isText, previous_valid_until: isText });
