import { HttpError } from 'grammy';
import type { Clock } from '../../clock.ts';
import { telegramFault } from '../outbound/api.ts';
import { ForeignAnswer } from '../outbound/request.ts';

/** Why no updates come to a hub that polls. */
export interface PollingTrouble {
  /** In milliseconds. */
  since: number;
  /** What is wrong and how to mend it, for the operator. */
  sentence: string;
}

/** A restart leaves its last poll open at Telegram, and a line breaks for a moment: both are over by then. */
const SETTLES_MS = 10_000;
/** Two programs that poll for one bot cut each other off in turn, so that either has success in between. */
const CONFLICT_OVER_MS = 2 * 60_000;

/** How fetching updates has gone lately. */
export class PollingState {
  readonly #clock: Pick<Clock, 'now'>;
  /** Of failures in a row; `certain` if time mends it in no case. */
  #failing: { since: number; sentence: string; certain: boolean } | undefined;
  #conflict: { since: number; last: number; sentence: string } | undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  succeeded(): void {
    this.#failing = undefined;
  }

  /** @param error as grammY threw it */
  failed(error: unknown): void {
    const now = this.#clock.now();
    const fault = telegramFault(error);
    if (fault.kind === 'refused' && fault.code === 409) {
      this.#failing = undefined;
      const since = this.#openConflict()?.since ?? now;
      this.#conflict = { since, last: now, sentence: conflictSentence(fault.description) };
      return;
    }
    const certain = fault.kind === 'refused' && (fault.code === 401 || fault.code === 404);
    this.#failing = { since: this.#failing?.since ?? now, sentence: sentenceOf(error), certain };
  }

  /** Undefined while updates come, or may come again in a moment. */
  trouble(): PollingTrouble | undefined {
    if (this.#failing !== undefined) {
      const { since, sentence, certain } = this.#failing;
      if (certain || this.#clock.now() - since >= SETTLES_MS) return { since, sentence };
    }
    const conflict = this.#openConflict();
    if (conflict === undefined || conflict.last - conflict.since < SETTLES_MS) return undefined;
    return { since: conflict.since, sentence: conflict.sentence };
  }

  #openConflict() {
    const conflict = this.#conflict;
    return conflict !== undefined && this.#clock.now() - conflict.last < CONFLICT_OVER_MS ? conflict : undefined;
  }
}

function conflictSentence(description: string): string {
  return /webhook/i.test(description)
    ? 'Otro programa configura un webhook para este bot (409): ciérralo; mientras el hub pregunte, Telegram no debe tener ninguno.'
    : 'Otro programa pregunta a Telegram por las actualizaciones de este bot (409): ciérralo o dale otro bot; mientras tanto, cada mensaje llega a uno de los dos.';
}

function sentenceOf(error: unknown): string {
  const fault = telegramFault(error);
  if (error instanceof HttpError && error.error instanceof ForeignAnswer && error.error.status < 500) {
    return `En la dirección de Telegram responde otro programa (HTTP ${error.error.status}): comprueba TELEGRAM_API_ROOT, el proxy y si tu proveedor bloquea a Telegram.`;
  }
  if (fault.kind !== 'refused') {
    return `El hub no obtiene respuesta de Telegram (${fault.description}): comprueba la red, el DNS y el cortafuegos de esta máquina, y TELEGRAM_API_ROOT.`;
  }
  if (fault.code === 401 || fault.code === 404) {
    return `Telegram rechaza el token del bot (${fault.code} ${fault.description}): copia el de @BotFather (/mybots, API Token) en TELEGRAM_BOT_TOKEN y reinicia el hub.`;
  }
  return `Telegram no entrega las actualizaciones (${fault.code} ${fault.description}): el hub lo intenta de nuevo cada poco; si dura, mira su registro.`;
}
