/**
 * The one table of the API's error codes: the status of each over HTTP, and the sentence that a caller reads, in Spanish
 * and in English. Frames of the socket carry the same codes.
 */
export const ERRORS = {
  invalid_request: {
    status: 400,
    sentence: 'La petición no es válida: corrige los campos que se indican en «details».',
    english: 'The request is not valid: correct the fields that “details” names.',
  },
  unauthorized: {
    status: 401,
    sentence: 'Credenciales ausentes o no válidas: envía «Authorization: ApiKey <clave>» con una clave vigente.',
    english: 'Credentials are missing or not valid: send “Authorization: ApiKey <key>” with a key that is valid.',
  },
  second_factor_required: {
    status: 401,
    sentence: 'La contraseña es correcta: falta «code», el código de tu aplicación o uno de recuperación.',
    english: 'The password is right: “code” is missing, the code of your app or a recovery code.',
  },
  forbidden: {
    status: 403,
    sentence: 'No tienes permiso para esta operación: pídelo al administrador.',
    english: 'You may not do this: ask the administrator.',
  },
  proof_required: {
    status: 403,
    sentence: 'Confirma que eres tú con tu contraseña, o con un código si tienes el segundo factor, y repítelo.',
    english: 'Confirm that it is you with your password, or with a code if you have the second factor, and repeat it.',
  },
  tpv_inactive: {
    status: 403,
    sentence: 'El TPV está inactivo: pide al administrador que lo active.',
    english: 'The TPV is inactive: ask the administrator to activate it.',
  },
  registration_closed: {
    status: 403,
    sentence:
      'El registro de TPVs no está abierto con estos datos: pide al administrador el alta o el token de registro.',
    english: 'TPVs cannot register with these data: ask the administrator to make one, or for the registration token.',
  },
  not_found: {
    status: 404,
    sentence: 'No existe: comprueba el identificador y la ruta.',
    english: 'It does not exist: check the id and the path.',
  },
  method_not_allowed: {
    status: 405,
    sentence: 'Método no permitido en esta ruta: consulta /docs.',
    english: 'This path does not take that method: see /docs.',
  },
  request_timeout: {
    status: 408,
    sentence: 'La petición tardó demasiado en llegar: envíala de nuevo.',
    english: 'The request took too long to arrive: send it again.',
  },
  conflict: {
    status: 409,
    sentence: 'Choca con lo que ya hay: corrige lo que se indica en «details».',
    english: 'It conflicts with what is there: correct what “details” names.',
  },
  invalid_transition: {
    status: 409,
    sentence: 'La instrucción no puede pasar a ese estado: los estados solo avanzan y los finales no cambian.',
    english: 'The instruction cannot move to that state: states only go forward, and final ones do not change.',
  },
  idempotency_conflict: {
    status: 409,
    sentence: 'Esa Idempotency-Key ya se usó con otro contenido: usa una nueva para un mensaje distinto.',
    english: 'That Idempotency-Key was used with another content: use a new one for another message.',
  },
  payload_too_large: {
    status: 413,
    sentence: 'El contenido es demasiado grande: reduce su tamaño.',
    english: 'The content is too large: make it smaller.',
  },
  unsupported_media_type: {
    status: 415,
    sentence: 'Tipo de contenido no admitido: envía «application/json».',
    english: 'That content type is not taken: send “application/json”.',
  },
  misdirected_request: {
    status: 421,
    sentence: 'Esta dirección no es la del hub: abre el panel en la que dice PUBLIC_URL.',
    english: 'This is not the hub’s address: open the panel at the one that PUBLIC_URL says.',
  },
  too_many_requests: {
    status: 429,
    sentence: 'Demasiadas peticiones: espera lo que indica «Retry-After».',
    english: 'Too many requests: wait for as long as “Retry-After” says.',
  },
  quota_exceeded: {
    status: 429,
    sentence: 'Ya hay demasiado en espera: mira «details» y espera lo que indica «Retry-After».',
    english: 'Too much is waiting already: look at “details”, and wait for as long as “Retry-After” says.',
  },
  internal_error: {
    status: 500,
    sentence: 'Error interno del hub: inténtalo de nuevo y avisa al administrador.',
    english: 'The hub failed: try again, and tell the administrator.',
  },
  telegram_error: {
    status: 502,
    sentence: 'Telegram no aceptó la operación: revisa «details» e inténtalo de nuevo.',
    english: 'Telegram did not take it: look at “details”, and try again.',
  },
  unavailable: {
    status: 503,
    sentence: 'El hub no puede atender ahora: reintenta tras lo que indica «Retry-After».',
    english: 'The hub cannot serve you now: try again after what “Retry-After” says.',
  },
  insufficient_storage: {
    status: 507,
    sentence:
      'Al hub le queda poco disco y no admite ficheros: avisa al administrador; los mensajes sin fichero salen.',
    english: 'The hub has little disk left and takes no files: tell the administrator; messages without a file go out.',
  },
} as const satisfies Record<string, { status: number; sentence: string; english: string }>;

/** A code of the API's errors. */
export type ErrorCode = keyof typeof ERRORS;
