import type { Settings, SettingText } from '../../src/admin/schemas/settings.ts';

type Strategy = Settings['routing_strategy']['value'];
type IfUnknown = Settings['push_if_unknown']['value'];

/** What the settings say. */
export const settingsWords = {
  title: 'Ajustes',
  lead: 'Valen al momento, sin reiniciar.',
  saved: 'Ajustes guardados.',
  reset: 'Volver al valor inicial',
  byDefault: (option: string) => `${option} (valor inicial)`,
  strategy: {
    title: 'Reparto de personas',
    label: 'A qué TPV va quien escribe por primera vez',
    options: {
      least_users: 'Al que tiene menos personas',
      round_robin: 'Por turnos',
      specific: 'A ninguno, hasta que alguien lo decida',
    } satisfies Record<Strategy, string>,
    hints: {
      least_users: 'Reparte la carga. Primero los que están en línea y tienen sitio.',
      round_robin: 'Uno detrás de otro, entre los que están en línea y tienen sitio.',
      specific: 'Solo se asigna desde «Personas», o con el enlace o el código QR de un local.',
    } satisfies Record<Strategy, string>,
    note: 'Quien ya tiene TPV se queda con él.',
  },
  ifUnknown: {
    title: 'Mensajes sin confirmar',
    label: 'Si un mensaje de un TPV pudo llegar y Telegram no contestó',
    options: {
      hold: 'Esperar a que alguien lo decida',
      resend: 'Enviarlo otra vez',
    } satisfies Record<IfUnknown, string>,
    hints: {
      hold: 'No llega dos veces. Queda en «Mensajes» como «Sin confirmar», y lo resuelve el TPV o un administrador.',
      resend: 'Llega seguro, y alguna vez dos veces. Se reintenta hasta 4 veces.',
    } satisfies Record<IfUnknown, string>,
    note: 'Cada TPV puede decidir otra cosa en un mensaje suyo (if_unknown).',
  },
  retention: {
    title: 'Conservación',
    label: 'Días que se guarda lo terminado',
    hint: (initial: string) =>
      `De 1 a 3.650; al principio, ${initial}. Después se borran las instrucciones y los mensajes terminados.`,
    day: 'día',
    days: 'días',
    wrong: 'Escribe un número entero de 1 a 3.650.',
  },
  origins: {
    cors: {
      title: 'Páginas que pueden usar la API',
      lead: 'Orígenes desde los que un navegador puede llamar al hub (CORS).',
    },
    callback: {
      title: 'Direcciones que se pueden llamar',
      lead: 'Además de las de los TPV activos, a qué servidores puede llamar un botón de mensaje.',
    },
    add: 'Origen nuevo',
    placeholder: 'https://tpv.ejemplo.es',
    remove: (origin: string) => `Quitar ${origin}`,
    fixed: 'De la configuración del servidor',
    none: 'Ninguno.',
    removeTitle: '¿Quitar este origen?',
    removeText: (origin: string) => `«${origin}» dejará de estar permitido.`,
    removeConfirm: 'Quitar',
    added: 'Origen añadido.',
    removed: 'Origen quitado.',
    duplicate: 'Ya está en la lista.',
  },
  texts: {
    title: 'Textos que leen las personas',
    lead: 'Lo que dice el propio hub en Telegram. Los de los locales los pone cada TPV.',
    changed: 'Cambiado',
    edit: (name: string) => `Editar «${name}»`,
    label: 'Texto',
    preview: 'Así se lee',
    placeholders: 'Se pueden insertar',
    insert: (name: string) => `Insertar {${name}}`,
    markup: 'Admite el formato HTML de Telegram: <b>negrita</b>, <i>cursiva</i>, <code>código</code>.',
    plain: 'Sin formato. En un botón pulsado caben 200 caracteres.',
    reset: 'Poner el texto inicial',
    problems: 'No se puede guardar así',
    silent: 'No se envía.',
    maySilence: 'Si lo dejas vacío, no se envía.',
    places: {
      message: 'Mensaje',
      press: 'Aviso al pulsar un botón',
      button: 'Botón',
      note: 'Añadido a un mensaje',
    } satisfies Record<SettingText['where'], string>,
  },
} as const;

/** What each text is for; a key that is not here is shown as it is. */
export const textNames: Readonly<Record<string, string>> = {
  welcome: 'Bienvenida',
  welcomeUnassigned: 'Bienvenida sin ningún local disponible',
  yourId: 'El identificador de la persona',
  copyId: 'Botón que copia el identificador',
  help: 'Ayuda',
  unassigned: 'Mensaje recibido sin ningún local disponible',
  joinCodeUnknown: 'Enlace de un local que no vale',
  joinCodeFull: 'Enlace de un local que está completo',
  unreadable: 'Mensaje que ningún local puede leer',
  'press.expired': 'Botón caducado',
  'press.legacyExpired': 'Botón caducado de un TPV antiguo',
  'press.legacyExpiredNote': 'Se añade al mensaje de un botón caducado',
  'press.processing': 'Pulsación en curso',
  'press.done': 'Pulsación atendida',
  'press.failed': 'Pulsación que falló',
  'press.unanswered': 'Pulsación que el local no contestó',
  'press.notAllowed': 'Pulsación que no está permitida',
  'press.unreachable': 'Local que no responde a una pulsación',
  'service.paused': 'Mensaje a un local en pausa',
  'service.pausedWithoutReason': 'Mensaje a un local en pausa sin motivo',
  'service.closed': 'Mensaje a un local cerrado',
  'service.closedUntilFurtherNotice': 'Mensaje a un local cerrado sin fecha de apertura',
  'service.busy': 'Mensaje a un local con retraso',
  offline: 'Mensaje a un local que no está conectado',
  waiting: 'Mensaje que el local todavía no ha visto',
  cancelButton: 'Botón que cancela ese mensaje',
  cancelled: 'Mensaje cancelado por la persona',
  cancelTooLate: 'Cancelación que llega tarde',
  failed: 'Mensaje que el local no pudo atender',
  'unanswered.expired': 'Mensaje que caducó sin atender',
  'unanswered.no_answer': 'Mensaje al que el local no respondió',
};
