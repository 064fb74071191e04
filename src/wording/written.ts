/** A sentence that the hub keeps in Spanish, for the panel and the command line, and says in English over an English API. */
interface Written {
  readonly es: string;
  readonly en: string;
}

/** Why a message failed or is in doubt, in its row. */
export const WRITTEN = {
  givenUp: { es: 'Telegram no estuvo disponible en 7 días', en: 'Telegram was not available for 7 days' },
  interrupted: {
    es: 'el hub se interrumpió mientras lo enviaba',
    en: 'the hub was interrupted while it was sending it',
  },
  fileGone: { es: 'el fichero que llevaba ya no está', en: 'the file that it carried is gone' },
  fileNotRead: {
    es: 'el hub no pudo leer el fichero que llevaba',
    en: 'the hub could not read the file that it carried',
  },
  urlUnreachable: {
    es: 'no se pudo descargar el fichero de su URL: su servidor no responde',
    en: 'the file could not be fetched from its URL: its server does not answer',
  },
  urlTooSlow: {
    es: 'no se pudo descargar el fichero de su URL: tarda demasiado',
    en: 'the file could not be fetched from its URL: it takes too long',
  },
  urlPacked: {
    es: 'el fichero de su URL viene comprimido de un modo que no se puede leer',
    en: 'the file at its URL is compressed in a way that can not be read',
  },
  urlForm: {
    es: 'la URL del fichero no es http ni https, o lleva usuario y contraseña',
    en: 'the URL of the file is neither http nor https, or carries a user and a password',
  },
  urlAddress: {
    es: 'la URL del fichero lleva a una dirección que el hub no visita',
    en: 'the URL of the file leads to an address that the hub does not visit',
  },
  urlRedirects: {
    es: 'la URL del fichero redirige demasiadas veces',
    en: 'the URL of the file redirects too often',
  },
  urlNotKept: {
    es: 'el hub no pudo guardar el fichero de su URL',
    en: 'the hub could not keep the file from its URL',
  },
  urlNotFetched: {
    es: 'el hub no pudo descargar el fichero',
    en: 'the hub could not fetch the file',
  },
} as const satisfies Record<string, Written>;

const ENGLISH = new Map<string, string>(Object.values(WRITTEN).map(({ es, en }) => [es, en]));

/** The same, with a number in the place of `#`. */
export const WRITTEN_WITH_NUMBER = {
  urlStatus: { es: 'la URL del fichero respondió #', en: 'the URL of the file answered #' },
  urlTooLarge: { es: 'el fichero de su URL pesa más de # MB', en: 'the file at its URL is larger than # MB' },
} as const satisfies Record<string, Written>;

/** Such a sentence as it is written down. */
export function writtenWith(number: number, { es }: Written): string {
  return es.replace('#', String(number));
}

/** What was written, in English; Telegram's own words, and what is not known here, as they are. */
export function writtenInEnglish(sentence: string): string {
  const known = ENGLISH.get(sentence);
  if (known !== undefined) return known;
  const number = /\d+/.exec(sentence)?.[0] ?? '';
  const numbered = Object.values(WRITTEN_WITH_NUMBER).find(({ es }) => es.replace('#', number) === sentence);
  return numbered?.en.replace('#', number) ?? sentence;
}

/** What is wrong with a hub, by the codes of /readyz. */
const PROBLEMS: Readonly<Record<string, string>> = {
  draining: 'The hub is closing: wait until it is back.',
  disk_full: 'The disk of the database is full: make room; the hub goes on by itself once there is some.',
  database_read_only: 'The database takes no writes: check its permissions, and whether the server is a replica.',
  database_locked:
    'Another program has locked the database for seconds: end it; the hub goes on by itself once it lets go.',
  database_damaged:
    'The database is damaged: copy the file, run “valletpv-hub doctor”, and restore the last good backup.',
  database_lost:
    'The file of the database was deleted or replaced: do not stop the hub before it keeps a copy; the panel says where.',
  database_unavailable: 'The database does not answer: check DATABASE_URL and its server or disk.',
  hub_apart:
    'This hub can not tell the others that it is alive: check the network to PostgreSQL; it goes on by itself once it can.',
  schema_newer: 'A newer version of the hub changed the database: update this hub and start it again.',
  schema_outdated: 'The database lacks migrations: start the hub again, or run “npm run migrate”.',
  event_loop_stalled: 'The hub stood still for more than 5 seconds: look whether the machine is overloaded.',
  webhook_elsewhere: 'Telegram sends the updates elsewhere, or nowhere: set the webhook again, in the panel.',
  webhook_broken: 'Telegram can not deliver the updates to this hub: the panel’s page of the webhook says why.',
  polling_broken: 'The hub can not fetch the updates from Telegram: the panel’s page of the webhook says why.',
};

/** What is wrong with a hub, in English. */
export function problemInEnglish(code: string, sentence: string): string {
  return PROBLEMS[code] ?? sentence;
}
