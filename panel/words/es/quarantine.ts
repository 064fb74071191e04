import type { QuarantinedUpdate, QuarantineRetried } from '../../../src/admin/schemas/quarantine.ts';

/** What the updates put aside say. */
export const quarantineWords = {
  title: 'Cuarentena',
  lead: 'Lo que llegó de Telegram y no se pudo entender: se guarda tal cual, para que nada se pierda.',
  back: 'Toda la cuarentena',
  views: { label: 'Vistas de la cuarentena', quarantined: 'Sin entender', kept: 'Guardadas', all: 'Todas' },
  columns: { excerpt: 'Actualización', kind: 'Tipo', outcome: 'Qué pasó', reason: 'Motivo', received: 'Llegó' },
  outcomes: { quarantined: 'Sin entender', kept: 'Guardada' } satisfies Record<QuarantinedUpdate['outcome'], string>,
  name: (id: string) => `Actualización ${id}`,
  nameless: (seq: string) => `Actualización sin número (${seq})`,
  empty: {
    title: 'No hay nada en cuarentena',
    text: 'Todo lo que ha llegado de Telegram se ha entendido. No tienes que hacer nada.',
    keptTitle: 'No hay nada guardado',
    keptText: 'Aquí se ven las actualizaciones que se entienden pero no van a ningún TPV, como las de grupos.',
  },
  facts: {
    title: 'Datos',
    outcome: 'Qué pasó',
    kind: 'Tipo',
    reason: 'Motivo',
    received: 'Llegó',
    updateId: 'Id en Telegram',
    none: 'No traía',
  },
  raw: 'Lo que llegó',
  rawCopy: 'lo que llegó',
  explain: {
    quarantined:
      'El hub no entendió esta actualización. Si lo has actualizado desde entonces, inténtalo otra vez: puede que ahora la entienda.',
    kept: 'Se entiende, pero no es para ningún TPV (un grupo, un canal, una edición). No hace falta hacer nada.',
  } satisfies Record<QuarantinedUpdate['outcome'], string>,
  retry: 'Intentar otra vez',
  retried: {
    instruction: 'Entendida: ya es un mensaje recibido.',
    answered: 'Entendida: el hub ha contestado.',
    duplicate: 'Ya se había atendido antes; no se repite.',
    kept: 'Se entiende, pero no es para ningún TPV: queda guardada.',
    quarantined: 'Sigue sin entenderse.',
  } satisfies Record<QuarantineRetried['outcome'], string>,
  discard: {
    button: 'Descartar',
    title: (updates: string) => `¿Descartar ${updates}?`,
    text: 'Se borra lo que llegó y no se puede recuperar. Quien lo envió no se entera.',
    one: 'actualización',
    many: 'actualizaciones',
    done: (count: number, updates: string) => `${updates} ${count === 1 ? 'descartada' : 'descartadas'}.`,
    gone: 'Ya no estaba en cuarentena.',
  },
  because: (reason: string) => `Motivo: ${reason}`,
} as const;

/** Why an update was put aside, by what the hub notes with it (`known`), or by where it came from. */
export const quarantineReasons = {
  known: {
    'not JSON': 'No es JSON',
    'internal fault': 'El hub falló al tratarla',
    'edited message': 'Es la edición de un mensaje',
    'a kind of update that is not handled': 'Es de un tipo que no se atiende',
    'message that no person sent': 'No lo envió ninguna persona',
    'message without text or attachment': 'Es un mensaje sin texto ni adjuntos',
    'message too large to hand out': 'Es demasiado grande para entregarlo a un TPV',
  },
  places: { group: 'un grupo', supergroup: 'un grupo', channel: 'un canal' },
  message: (place: string) => `Es un mensaje en ${place}`,
  membership: (place: string) => `Es sobre su participación en ${place}`,
} as const;
