import { ERRORS, type ErrorCode, type SchemaWords } from '#protocol';

/** What a refusal says, in Spanish. What is missing in another language is an error of its types. */
export const es = {
  ofCode: (code: ErrorCode): string => ERRORS[code].sentence,

  // Values
  invalid: 'no es válido',
  unknownField: 'campo desconocido',
  required: 'es obligatorio',
  blank: 'no puede estar en blanco',
  wholeNumber: 'debe ser un número entero',
  badCharacters: 'contiene caracteres no admitidos',
  nul: 'contiene un carácter no admitido (NUL)',
  moreThanOnce: 'viene más de una vez',
  upToCharacters: (most: number) => `admite hasta ${most} caracteres`,
  upToUnits: (most: number) => `admite hasta ${most} caracteres; un emoji cuenta como dos`,
  upToBytes: (most: number) => `admite hasta ${most} bytes`,
  upToJsonBytes: (most: number) => `admite hasta ${most} bytes de JSON`,
  upToJsonKib: (most: number) => `admite hasta ${most} KiB de JSON`,
  upToMarkedUpBytes: (most: number) => `admite hasta ${most} bytes, con sus marcas`,
  upToMegabytes: (most: number) => `admite hasta ${most} MB`,
  upToLevels: (most: number) => `admite hasta ${most} niveles`,
  upToElements: (most: number) => `admite hasta ${most} elementos`,
  upToButtons: (most: number) => `admite hasta ${most} botones`,
  upToMarkupBytes: (most: number) =>
    `Telegram admite hasta ${most} bytes entre los textos y direcciones de todos los botones`,

  // What any schema finds
  aText: 'debe ser un texto',
  aNumber: 'debe ser un número',
  yesOrNo: 'debe ser «true» o «false»',
  aList: 'debe ser una lista',
  anObject: 'debe ser un objeto',
  anId: 'debe ser un id (UUID)',
  aMoment: 'debe ser una fecha y hora como 2026-12-24T20:30:00Z',
  aUrl: 'debe ser una dirección como https://tpv.example',
  oneOf: (values: string) => `debe ser uno de estos valores: ${values}`,
  atLeast: (least: number) => `debe ser ${least.toLocaleString('es')} o más`,
  atMost: (most: number) => `debe ser ${most.toLocaleString('es')} o menos`,
  atLeastCharacters: (least: number) => `debe tener al menos ${least} caracteres`,
  atLeastElements: (least: number) => `debe tener al menos ${least}`,

  // Messages to people
  keyLength: 'admite de 1 a 128 caracteres',
  wholeHost: 'Telegram solo abre direcciones con un dominio completo, como https://bar.example',
  oneRequestAKey: 'una tecla pide una sola cosa: «request_contact», «request_location» o «web_app»',
  notAFileId: 'no es un «file_id» de Telegram',
  textOrButtons: 'indica «text» o «buttons»',
  buttonsOrKeyboard: 'un mensaje lleva «buttons» o «keyboard», no los dos',
  onlyWithKeys: 'solo vale junto a las teclas de «keyboard»',
  urlOrFileId: (kind: string) => `indica «${kind}_url» o «${kind}_file_id», no los dos`,
  urlOrFile: (kind: string) => `indica una URL, o envía un fichero «${kind}»`,
  latitudeAndLongitude: 'indica latitude y longitude',
  locationHasNoText: 'una ubicación no lleva texto',
  unknownFileId: 'no es de un fichero que haya enviado una persona de este TPV',
  otherKindOfFile: (was: string) => `ese fichero llegó como «${was}», y Telegram solo lo reenvía como lo que es`,
  callbackOrigin: 'su origen debe ser el de tu «endpoint_url» o estar permitido por el administrador',
  notSent: (status: string) => `el mensaje no se ha enviado (está en «${status}»)`,
  keyboardStays: 'Telegram no deja cambiar un mensaje con «keyboard»: bórralo y envía otro',
  tooOldToDelete: 'Telegram solo deja borrar mensajes de menos de 48 horas',
  resendable: 'solo se reenvían los mensajes en «unknown» o «failed»',
  resolvable: 'solo se resuelven los mensajes en «unknown»',
  mostWaiting: (most: number) => `ya esperan ${most.toLocaleString('es')} mensajes tuyos, el máximo`,
  mostUploads: (megabytes: number) => `tus ficheros en espera ocuparían más de ${megabytes} MB, el máximo`,

  // Files and forms
  emptyFile: 'el fichero está vacío',
  notAnImage: (type: string) => `es ${type}, y no una imagen`,
  fileFromTelegram: 'Telegram entrega a los bots ficheros de hasta 20 MB',
  downloadAnswered: (status: number) => `respondió ${status} a la descarga`,
  noAnswer: (why: string) => `no responde (${why})`,
  noFileRoot: 'el servidor propio de Telegram guarda los ficheros en su disco: configura TELEGRAM_FILE_ROOT',
  notInFileRoot:
    'el fichero no está en TELEGRAM_FILE_ROOT, o el hub no puede leerlo: comprueba la carpeta y sus permisos',
  typeOfFile: (part: string) => `con un fichero «${part}» tiene que ser «${part}»`,
  notJson: 'no es JSON válido',
  unknownPart: 'parte desconocida',
  tooManyParts: (fields: number) => `demasiadas partes: admite ${fields} campos y un fichero`,
  fieldIsNotJson: 'un campo no es el JSON que dice ser',
  badFieldName: 'un campo tiene un nombre no admitido',
  brokenForm: 'el formulario multipart está incompleto o mal formado',

  // Instructions, registering, service
  cannotBecome: (to: string, from: string, isFinal: boolean) =>
    `no puede pasar a «${to}»: ${isFinal ? 'ya terminó en' : 'está en'} «${from}»`,
  mostAwaiting: (most: number) => `ya esperan aprobación ${most} altas, el máximo: avisa al administrador del hub`,
  opensAt: 'debe ser una hora como 13:00',
  closesAt: 'debe ser una hora como 16:00 o 24:00',
  timeZone: 'debe ser una zona horaria como Europe/Madrid',
  thisCentury: 'debe ser una fecha de este siglo o del siguiente',
  dateTwice: 'tiene una fecha dos veces',
  stateOrTimetable: 'indica «state» o «timetable»',
  neededWith: (state: string) => `hace falta con «${state}»`,
  onlyWith: (states: readonly string[]) => `solo va con «${states.join('» o «')}»`,
  past: 'ya ha pasado',
  overAYear: 'queda a más de un año',

  // The panel
  otherList: 'no es de esta lista: empieza otra vez sin «cursor»',
  telegramId: 'debe ser un identificador de Telegram',
  sixDigits: 'debe tener 6 cifras',
  commonPassword: 'es de las primeras que alguien probaría: elige otra',
  tpvsOfManager: 'debe nombrar al menos un TPV para «manager», y ninguno para los demás',
  anOrigin: 'debe ser un origen como https://panel.example, sin ruta',

  // The socket
  notAnObject: 'El mensaje no es un objeto JSON: envía un objeto con «type».',
  unknownType: (type: string, known: string) => `Tipo de mensaje desconocido («${type}»): este hub entiende ${known}.`,
  tooMuchInside: (levels: number, elements: number) =>
    `El mensaje tiene demasiado dentro: admite ${levels} niveles y ${elements} elementos.`,
  offerSubprotocol: (name: string) => `ofrece «${name}»`,
  openASocket: 'abre un WebSocket («Upgrade: websocket»)',

  // What is written down in Spanish
  written: (sentence: string) => sentence,
  problem: (_code: string, sentence: string) => sentence,
} satisfies SchemaWords & Record<string, unknown>;

/** The words of a refusal; each language has them all. */
export type Words = {
  readonly [Word in keyof typeof es]: (typeof es)[Word] extends (...given: infer Given) => string
    ? (...given: Given) => string
    : string;
};
