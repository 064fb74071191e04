/** The contract's codes with their HTTP status and a sentence; the hub's own are longer. */
const REFUSALS = {
  invalid_request: [400, 'La petición no es válida.'],
  unauthorized: [401, 'Credenciales ausentes o no válidas.'],
  forbidden: [403, 'No tienes permiso para esta operación.'],
  tpv_inactive: [403, 'El TPV está inactivo.'],
  registration_closed: [403, 'El registro de TPVs no está abierto.'],
  not_found: [404, 'No existe.'],
  invalid_transition: [409, 'La instrucción no puede pasar a ese estado.'],
  idempotency_conflict: [409, 'Esa Idempotency-Key ya se usó con otro contenido.'],
  payload_too_large: [413, 'El contenido es demasiado grande.'],
  unsupported_media_type: [415, 'Tipo de contenido no admitido.'],
  too_many_requests: [429, 'Demasiadas peticiones.'],
  internal_error: [500, 'Error interno del hub.'],
  telegram_error: [502, 'Telegram no aceptó la operación.'],
  unavailable: [503, 'El hub no puede atender ahora.'],
} as const;

/** A code of the contract's errors. */
export type RefusalCode = keyof typeof REFUSALS;

export interface RefusalDetail {
  path: string;
  message: string;
}

export interface RefusalOptions {
  details?: RefusalDetail[];
  retryAfterSeconds?: number | undefined;
  /** More fields of the body. */
  extra?: Record<string, unknown>;
  /** Default: the code's. */
  status?: number;
}

/** What a fake hub says no with, over HTTP or in a frame. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly options: RefusalOptions;

  constructor(code: RefusalCode, options: RefusalOptions = {}) {
    super(REFUSALS[code][1]);
    this.code = code;
    this.options = options;
  }

  get status(): number {
    return this.options.status ?? REFUSALS[this.code][0];
  }

  /** The contract has it with 429 and 503. */
  get headers(): Record<string, string> {
    const needed = this.status === 429 || this.status === 503 ? 1 : undefined;
    const seconds = this.options.retryAfterSeconds ?? needed;
    return seconds === undefined ? {} : { 'retry-after': `${seconds}` };
  }

  /** As a frame's `error`. */
  get frameError(): { code: string; message: string; details?: RefusalDetail[] } {
    const { details } = this.options;
    return { code: this.code, message: this.message, ...(details && { details }) };
  }

  /** As an HTTP answer's body. */
  get body(): Record<string, unknown> {
    const { details, extra } = this.options;
    return { error: this.message, code: this.code, details, ...extra };
  }
}

/** The code that an HTTP status has where a test names none. */
export function codeOfStatus(status: number): RefusalCode {
  const found = Object.entries(REFUSALS).find(([code, [of]]) => of === status && code !== 'forbidden');
  // Its keys are what they are.
  return (found?.[0] as RefusalCode | undefined) ?? 'internal_error';
}
