import type { InstructionAction, SkipReason } from '../../src/admin/schemas/instructions.ts';

/** What the list of instructions and the changing of many say. */
export const instructionsWords = {
  title: 'Instrucciones',
  lead: 'Todo lo que las personas piden, del mensaje a la respuesta del TPV.',
  filters: {
    text: 'Texto del mensaje',
    status: 'Estado',
    tpv: 'TPV',
    command: 'Orden',
    person: 'Id de Telegram',
    from: 'Desde',
    to: 'Hasta',
  },
  views: {
    label: 'Vistas de instrucciones',
    all: 'Todas',
    pending: 'En espera',
    processing: 'En curso',
    failed: 'Fallidas',
    completed: 'Completadas',
  },
  columns: {
    text: 'Instrucción',
    status: 'Estado',
    person: 'Persona',
    tpv: 'TPV',
    created: 'Llegó',
    took: 'Tardó',
    retries: 'Reintentos',
  },
  noText: 'Sin texto',
  test: 'Prueba de conexión',
  unassigned: 'Sin asignar',
  unfinished: '—',
  rowName: (excerpt: string, person: string) => `«${excerpt}» de ${person}`,
  empty: {
    title: 'Todavía no ha llegado ninguna',
    text: 'Escribe al bot desde Telegram: el mensaje aparecerá aquí al momento. Si no aparece, revisa el webhook.',
    action: 'Revisar el webhook',
    filteredTitle: 'Ninguna coincide',
    filteredText: 'Amplía las fechas o quita algún filtro.',
    showAll: 'Ver todas',
  },
  bulk: {
    open: { retry: 'Reintentar', cancel: 'Cancelar', reassign: 'Pasar a otro TPV' } satisfies Record<
      InstructionAction,
      string
    >,
    title: {
      retry: (count: string) => `Reintentar ${count}`,
      cancel: (count: string) => `Cancelar ${count}`,
      reassign: (count: string) => `Pasar ${count} a otro TPV`,
    } satisfies Record<InstructionAction, (count: string) => string>,
    explain: {
      retry: 'Cada una se envía otra vez como instrucción nueva; las de antes quedan como están.',
      cancel: 'El TPV deja de trabajar en ellas y terminan como fallidas. No se puede deshacer.',
      reassign: 'Salen del TPV que las tiene y esperan su turno en el que elijas.',
    } satisfies Record<InstructionAction, string>,
    picker: 'TPV que las atenderá',
    counting: 'Contando…',
    count: {
      retry: (count, what) => `${count === 1 ? 'Se reintenta' : 'Se reintentan'} ${what}.`,
      cancel: (count, what) => `${count === 1 ? 'Se cancela' : 'Se cancelan'} ${what}.`,
      reassign: (count, what) => `${count === 1 ? 'Se pasa' : 'Se pasan'} ${what}.`,
    } satisfies Record<InstructionAction, (count: number, what: string) => string>,
    byStatus: (count: string, status: string) => `${status}: ${count}.`,
    nothing: 'Ninguna de las elegidas se puede cambiar así.',
    skipped: (count: string, why: string) => `Omitidas (${why}): ${count}.`,
    reasons: {
      not_found: 'borradas ya',
      too_old: 'demasiado antiguas',
      completed: 'ya completadas; una a una sí se puede',
      retried: 'reintentadas ya',
      final: 'terminadas ya',
      not_final: 'todavía sin terminar',
      press: 'pulsaciones de un botón, que caducan enseguida',
      tpv_unavailable: 'el TPV no puede recibirlas',
    } satisfies Record<SkipReason, string>,
    confirm: { retry: 'Reintentar', cancel: 'Cancelar instrucciones', reassign: 'Pasar al TPV' } satisfies Record<
      InstructionAction,
      string
    >,
    close: 'Volver',
    done: {
      retry: (count: string) => `Reintentadas: ${count}.`,
      cancel: (count: string) => `Canceladas: ${count}.`,
      reassign: (count: string) => `Pasadas a otro TPV: ${count}.`,
    } satisfies Record<InstructionAction, (count: string) => string>,
    tooMany: (most: string) => `Elige ${most} como máximo de una vez.`,
  },
  one: 'instrucción',
  many: 'instrucciones',
} as const;
