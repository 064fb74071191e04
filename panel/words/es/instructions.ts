import type { InstructionAction, SkipReason } from '../../../src/admin/schemas/instructions.ts';

/** What the list of instructions and the changing of many say. */
export const instructionsWords = {
  title: 'Recibidos',
  lead: 'Los mensajes y las pulsaciones de los clientes, hasta la respuesta del TPV.',
  filters: {
    text: 'Texto del mensaje',
    status: 'Estado',
    tpv: 'TPV',
    command: 'Tipo',
    person: 'Id de Telegram',
    from: 'Desde',
    to: 'Hasta',
  },
  views: {
    label: 'Vistas de mensajes recibidos',
    all: 'Todos',
    pending: 'En espera',
    processing: 'En curso',
    failed: 'Fallidos',
    completed: 'Atendidos',
  },
  columns: {
    text: 'Mensaje',
    status: 'Estado',
    person: 'Cliente',
    tpv: 'TPV',
    created: 'Llegó',
    took: 'Tardó',
    retries: 'Reintentos',
  },
  noText: 'Sin texto',
  unassigned: 'Sin asignar',
  unfinished: '—',
  rowName: (excerpt: string, person: string) => `«${excerpt}» de ${person}`,
  empty: {
    title: 'Todavía no ha llegado ninguno',
    text: 'Escribe al bot desde Telegram: el mensaje aparecerá aquí al momento. Si no aparece, revisa el webhook.',
    action: 'Revisar el webhook',
    filteredTitle: 'Ninguno coincide',
    filteredText: 'Amplía las fechas o quita algún filtro.',
    showAll: 'Ver todos',
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
      retry: 'Cada uno se envía al TPV otra vez, como un mensaje nuevo; los de antes quedan como están.',
      cancel: 'El TPV deja de trabajar en ellos y terminan como fallidos. No se puede deshacer.',
      reassign: 'Salen del TPV que los tiene y esperan su turno en el que elijas.',
    } satisfies Record<InstructionAction, string>,
    picker: 'TPV que los atenderá',
    counting: 'Contando…',
    count: {
      retry: (count, what) => `${count === 1 ? 'Se reintenta' : 'Se reintentan'} ${what}.`,
      cancel: (count, what) => `${count === 1 ? 'Se cancela' : 'Se cancelan'} ${what}.`,
      reassign: (count, what) => `${count === 1 ? 'Se pasa' : 'Se pasan'} ${what}.`,
    } satisfies Record<InstructionAction, (count: number, what: string) => string>,
    byStatus: (count: string, status: string) => `${status}: ${count}.`,
    nothing: 'Ninguno de los elegidos se puede cambiar así.',
    skipped: (count: string, why: string) => `Omitidos (${why}): ${count}.`,
    reasons: {
      not_found: 'borrados ya',
      too_old: 'demasiado antiguos',
      completed: 'ya atendidos; uno a uno sí se puede',
      retried: 'reintentados ya',
      final: 'terminados ya',
      not_final: 'todavía sin terminar',
      press: 'pulsaciones de un botón, que caducan enseguida',
      tpv_unavailable: 'el TPV no puede recibirlos',
    } satisfies Record<SkipReason, string>,
    confirm: { retry: 'Reintentar', cancel: 'Cancelar mensajes', reassign: 'Pasar al TPV' } satisfies Record<
      InstructionAction,
      string
    >,
    close: 'Volver',
    done: {
      retry: (count: string) => `Reintentados: ${count}.`,
      cancel: (count: string) => `Cancelados: ${count}.`,
      reassign: (count: string) => `Pasados a otro TPV: ${count}.`,
    } satisfies Record<InstructionAction, (count: string) => string>,
    tooMany: (most: string) => `Elige ${most} como máximo de una vez.`,
  },
  one: 'mensaje',
  many: 'mensajes',
} as const;
