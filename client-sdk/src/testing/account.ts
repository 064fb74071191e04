import { randomBytes, randomUUID } from 'node:crypto';
import type { TelegramUser } from '../api/user.ts';
import type { Clock } from '../clock.ts';
import { INSTRUCTION_STATUSES } from '../protocol/lifecycle.ts';
import type { ServiceNow } from '../wire/service.ts';
import { iso } from './new-instruction.ts';
import { Refusal } from './refusal.ts';
import { FakeService } from './service.ts';

const REGISTERED = 'TPV registrado correctamente. Guarda el API Key de forma segura.';
const MAX_USERS = 100;
const DAY_MS = 86_400_000;

/** The one TPV: its keys, its people, and what the hub knows of it. */
export class Account {
  readonly id = randomUUID();
  readonly name: string;
  readonly apiKey = newKey();
  readonly users = new Map<number, TelegramUser>();
  readonly service: FakeService;
  readonly #clock: Clock;
  readonly #keys = new Set([this.apiKey]);
  readonly #createdAt: string;
  #lastHeartbeat: string | null = null;
  version = '';

  /** @param serviceChanged hears what the service is from now on */
  constructor(name: string, clock: Clock, serviceChanged: (service: ServiceNow) => void) {
    this.name = name;
    this.#clock = clock;
    this.service = new FakeService(clock, serviceChanged);
    this.#createdAt = iso(clock.now());
  }

  /** Throws a `Refusal` where the header carries none of its keys. */
  authenticate(authorization: string | undefined): void {
    const key = /^(?:apikey|bearer) +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined || !this.#keys.has(key)) throw new Refusal('unauthorized');
    this.heard();
  }

  heard(): void {
    this.#lastHeartbeat = iso(this.#clock.now());
  }

  addUser(fields: Partial<TelegramUser> & { telegram_id: number }): TelegramUser {
    const now = iso(this.#clock.now());
    const { telegram_id } = fields;
    const made = {
      telegram_id,
      username: `persona_${telegram_id}`,
      first_name: 'Persona',
      last_name: '',
      is_active: true,
      language_code: 'es',
      created_at: now,
      last_interaction: now,
    };
    const user = { ...made, ...this.users.get(telegram_id), ...fields };
    this.users.set(telegram_id, user);
    return user;
  }

  register({ name, endpoint_url }: Record<string, unknown>): object {
    for (const [path, value] of Object.entries({ name, endpoint_url })) {
      const details = [{ path, message: 'es obligatorio' }];
      if (typeof value !== 'string' || value === '') throw new Refusal('invalid_request', { details });
    }
    return {
      id: this.id,
      name,
      api_key: this.apiKey,
      signing_secret: newSecret(),
      message: REGISTERED,
      is_active: true,
    };
  }

  rotateKey(): object {
    const key = newKey();
    this.#keys.add(key);
    return { api_key: key, previous_valid_until: iso(this.#clock.now() + DAY_MS) };
  }

  rotateSecret(): object {
    return { signing_secret: newSecret(), previous_valid_until: iso(this.#clock.now() + DAY_MS) };
  }

  info(): object {
    return {
      id: this.id,
      name: this.name,
      endpoint_url: 'http://127.0.0.1:9',
      is_active: true,
      max_users: MAX_USERS,
      version: this.version,
      metadata: {},
      created_at: this.#createdAt,
      last_heartbeat: this.#lastHeartbeat,
      user_count: this.users.size,
      is_online: true,
      service: this.service.now,
    };
  }

  stats(instructions: readonly { status: string }[], pushes: readonly { status: string }[]): object {
    return {
      tpv_id: this.id,
      tpv_name: this.name,
      is_online: true,
      last_heartbeat: this.#lastHeartbeat,
      users: { total: this.users.size, max: MAX_USERS, available_slots: Math.max(0, MAX_USERS - this.users.size) },
      instructions: counted(INSTRUCTION_STATUSES, instructions),
      push_messages: counted(['pending', 'sent', 'failed', 'unknown'], pushes),
      service: this.service.now,
    };
  }
}

function counted(statuses: readonly string[], found: readonly { status: string }[]): object {
  const counts = statuses.map((status) => [status, found.filter((one) => one.status === status).length]);
  return { ...Object.fromEntries(counts), total: found.length };
}

function newKey(): string {
  return `tpv_${randomUUID().replaceAll('-', '')}`;
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
