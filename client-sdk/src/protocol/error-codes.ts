/**
 * The one table of the API's error codes: the status of each over HTTP, and the sentence that a caller reads. Frames of
 * the socket carry the same codes.
 */
export const ERRORS = {
  invalid_request: {
    status: 400,
    sentence: 'La petición no es válida: corrige los campos que se indican en «details».',
  },
  unauthorized: {
    status: 401,
    sentence: 'Credenciales ausentes o no válidas: envía «Authorization: ApiKey <clave>» con una clave vigente.',
  },
  second_factor_required: {
    status: 401,
    sentence: 'La contraseña es correcta: falta «code», el código de tu aplicación o uno de recuperación.',
  },
  forbidden: { status: 403, sentence: 'No tienes permiso para esta operación: pídelo al administrador.' },
  proof_required: {
    status: 403,
    sentence: 'Confirma que eres tú con tu contraseña, o con un código si tienes el segundo factor, y repítelo.',
  },
  tpv_inactive: {
    status: 403,
    sentence: 'El TPV está inactivo: pide al administrador que lo active.',
  },
  registration_closed: {
    status: 403,
    sentence:
      'El registro de TPVs no está abierto con estos datos: pide al administrador el alta o el token de registro.',
  },
  not_found: { status: 404, sentence: 'No existe: comprueba el identificador y la ruta.' },
  method_not_allowed: { status: 405, sentence: 'Método no permitido en esta ruta: consulta /docs.' },
  request_timeout: { status: 408, sentence: 'La petición tardó demasiado en llegar: envíala de nuevo.' },
  conflict: { status: 409, sentence: 'Choca con lo que ya hay: corrige lo que se indica en «details».' },
  invalid_transition: {
    status: 409,
    sentence: 'La instrucción no puede pasar a ese estado: los estados solo avanzan y los finales no cambian.',
  },
  idempotency_conflict: {
    status: 409,
    sentence: 'Esa Idempotency-Key ya se usó con otro contenido: usa una nueva para un mensaje distinto.',
  },
  payload_too_large: { status: 413, sentence: 'El contenido es demasiado grande: reduce su tamaño.' },
  unsupported_media_type: { status: 415, sentence: 'Tipo de contenido no admitido: envía «application/json».' },
  misdirected_request: {
    status: 421,
    sentence: 'Esta dirección no es la del hub: abre el panel en la que dice PUBLIC_URL.',
  },
  too_many_requests: { status: 429, sentence: 'Demasiadas peticiones: espera lo que indica «Retry-After».' },
  quota_exceeded: {
    status: 429,
    sentence: 'Ya hay demasiado en espera: mira «details» y espera lo que indica «Retry-After».',
  },
  internal_error: { status: 500, sentence: 'Error interno del hub: inténtalo de nuevo y avisa al administrador.' },
  telegram_error: { status: 502, sentence: 'Telegram no aceptó la operación: revisa «details» e inténtalo de nuevo.' },
  unavailable: { status: 503, sentence: 'El hub no puede atender ahora: reintenta tras lo que indica «Retry-After».' },
  insufficient_storage: {
    status: 507,
    sentence:
      'Al hub le queda poco disco y no admite ficheros: avisa al administrador; los mensajes sin fichero salen.',
  },
} as const;

/** A code of the API's errors. */
export type ErrorCode = keyof typeof ERRORS;
