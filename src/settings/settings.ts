import type { Cancel, Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Database, Tx } from '../db/open.ts';
import type { Language } from '../languages.ts';
import type { Logger } from '../log/log.ts';
import { settingsEpoch, storedSettings, storeSettings } from './setting-store.ts';
import { storedText, textKey } from './stored-text.ts';
import type { TextCatalogue } from './text.ts';
import { SETTING_SCHEMAS, type SettingKey, type SettingValues, TEXT_PREFIX } from './values.ts';

export interface SettingsPorts {
  db: Database;
  clock: Clock;
  log: Logger;
  config: Pick<Config, 'ROUTING_STRATEGY' | 'RETENTION_DAYS' | 'CORS_ALLOWED_ORIGINS' | 'CALLBACK_ALLOWED_ORIGINS'>;
  /** The sentences that can be worded otherwise. */
  texts: TextCatalogue;
}

/** What an administrator changes; null: back to the default. */
export interface SettingsChange {
  values: { readonly [K in SettingKey]?: SettingValues[K] | null };
  /** In this language. */
  texts: Readonly<Record<string, string | null>>;
  language: Language;
}

/** Another process's change is seen within this long. */
const LOOK_INTERVAL_MS = 2_000;

/** By default nothing comes twice. */
export const PUSH_IF_UNKNOWN: SettingValues['push_if_unknown'] = 'hold';

/** What holds at once of the rows that were stored; a row that can't be read counts as absent. */
interface State {
  stored: ReadonlyMap<string, string>;
  values: Partial<SettingValues>;
  /** By the keys of their rows. */
  texts: ReadonlyMap<string, string>;
}

/**
 * The settings that can be changed while the hub runs: those of the environment, and what administrators stored over
 * them. Reading one is a look into memory.
 */
export class Settings {
  readonly #ports: SettingsPorts;
  #state: State = { stored: new Map(), values: {}, texts: new Map() };
  #corsOrigins: ReadonlySet<string> = new Set();
  #callbackOrigins: readonly string[] = [];
  #epoch: number | undefined;
  #looking: Promise<void> | undefined;
  #timer: Cancel | undefined;
  #troubled = false;

  private constructor(ports: SettingsPorts) {
    this.#ports = ports;
  }

  /** Reads what is stored, and from now on follows what other processes store. */
  static async open(ports: SettingsPorts): Promise<Settings> {
    const settings = new Settings(ports);
    settings.#epoch = await settingsEpoch(ports.db);
    settings.#apply(await storedSettings(ports.db.read));
    settings.#timer = ports.clock.every(LOOK_INTERVAL_MS, () => settings.#look());
    return settings;
  }

  get strategy(): SettingValues['routing_strategy'] {
    return this.#state.values.routing_strategy ?? this.#ports.config.ROUTING_STRATEGY;
  }

  get retentionDays(): number {
    return this.#state.values.retention_days ?? this.#ports.config.RETENTION_DAYS;
  }

  /** What becomes of a TPV's message that may have arrived, where the TPV does not say. */
  get pushIfUnknown(): SettingValues['push_if_unknown'] {
    return this.#state.values.push_if_unknown ?? PUSH_IF_UNKNOWN;
  }

  /** Whether pages of this origin may call the hub. */
  isCorsOrigin(origin: string): boolean {
    return this.#corsOrigins.has(origin);
  }

  /** Origins that the hub calls besides those of active TPVs. */
  get callbackOrigins(): readonly string[] {
    return this.#callbackOrigins;
  }

  /** How an administrator worded a text; undefined: as it is by default. */
  wording(key: string, language: Language): string | undefined {
    const { texts } = this.#state;
    return texts.size === 0 ? undefined : texts.get(textKey(key, language));
  }

  /** What is stored over the environment's value; undefined: nothing is. */
  stored<K extends SettingKey>(key: K): SettingValues[K] | undefined {
    return this.#state.values[key];
  }

  /** Changes some, as part of a transaction; they hold from its commit on. What comes here was checked. */
  async change(tx: Tx, { values, texts, language }: SettingsChange): Promise<void> {
    const changes = new Map<string, string | null>();
    for (const [key, value] of Object.entries(values)) {
      if (value !== undefined) changes.set(key, value === null ? null : JSON.stringify(value));
    }
    for (const [key, text] of Object.entries(texts)) {
      // A text that is the default again follows the default from now on.
      const same = text === null || text === this.#ports.texts.defaults[language][key];
      changes.set(textKey(key, language), same ? null : JSON.stringify(text));
    }
    if (changes.size === 0) return;
    await storeSettings(tx, changes);
    for (const [key, value] of changes) {
      if (value !== (this.#state.stored.get(key) ?? null)) tx.changed('setting', key);
    }
    tx.afterCommit(() => {
      const stored = new Map(this.#state.stored);
      for (const [key, value] of changes) {
        if (value === null) stored.delete(key);
        else stored.set(key, value);
      }
      this.#apply(stored);
    });
  }

  /** Stops following other processes; resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#timer?.();
    await this.#looking;
  }

  #look(): void {
    this.#looking ??= this.#follow()
      .then(
        () => {
          this.#troubled = false;
        },
        (error) => {
          // A database that is away says so elsewhere too: once is enough here.
          if (!this.#troubled)
            this.#ports.log.warn({ err: error }, 'could not look for changed settings; trying again');
          this.#troubled = true;
        },
      )
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #follow(): Promise<void> {
    const { db } = this.#ports;
    const epoch = await settingsEpoch(db);
    if (epoch === this.#epoch) return;
    // In a transaction, so that nothing stored here meanwhile is taken for what another process stored.
    await db.transact(async (tx) => {
      const stored = await storedSettings(tx.kysely);
      const before = this.#state.stored;
      for (const key of new Set([...before.keys(), ...stored.keys()])) {
        if (before.get(key) !== stored.get(key)) tx.changed('setting', key);
      }
      tx.afterCommit(() => this.#apply(stored));
    });
    // Only now: if reading failed, the next look tries again.
    this.#epoch = epoch;
  }

  #apply(stored: ReadonlyMap<string, string>): void {
    const { config } = this.#ports;
    this.#state = this.#read(stored);
    const { values } = this.#state;
    this.#corsOrigins = new Set([...config.CORS_ALLOWED_ORIGINS, ...(values.cors_allowed_origins ?? [])]);
    this.#callbackOrigins = [...config.CALLBACK_ALLOWED_ORIGINS, ...(values.callback_allowed_origins ?? [])];
  }

  #read(stored: ReadonlyMap<string, string>): State {
    const values: Record<string, unknown> = {};
    const texts = new Map<string, string>();
    for (const [key, json] of stored) {
      const value = parsed(json);
      if (key.startsWith(TEXT_PREFIX)) {
        const text = storedText(this.#ports.texts, key, value);
        if (text !== undefined) texts.set(key, text);
        else this.#ignore(key);
      } else {
        // Only these keys are read.
        const read = SETTING_SCHEMAS[key as SettingKey].safeParse(value);
        if (read.success) values[key] = read.data;
        else this.#ignore(key);
      }
    }
    // Each was read by the schema of its key.
    return { stored, values: values as Partial<SettingValues>, texts };
  }

  #ignore(key: string): void {
    this.#ports.log.warn(
      { key },
      'this version does not know a stored setting; its default holds until it is saved again',
    );
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not JSON: no schema takes it.
    return undefined;
  }
}
