import type { InstructionAction, InstructionStep } from '../../src/admin/schemas/instructions.ts';

/** What the page of one instruction says. */
export const instructionWords = {
  title: 'Instrucción',
  back: 'Todas las instrucciones',
  facts: {
    title: 'Datos',
    person: 'Persona',
    tpv: 'TPV',
    command: 'Orden',
    priority: 'Prioridad',
    retries: 'Reintentos',
    holder: 'La tiene',
    holders: { socket: 'El TPV, por su conexión abierta', poll: 'El TPV, que la recogió al preguntar' },
    created: 'Llegó',
    expires: 'Caduca',
    error: 'Error',
    retryOf: 'Reintento de',
    retriedAs: 'Reintentada como',
    id: 'Id',
    idCopy: 'el id de la instrucción',
    unassigned: 'Sin asignar',
  },
  story: {
    title: 'Historia',
    label: 'Pasos de la instrucción',
    steps: {
      written: 'La persona lo escribió',
      received: 'Llegó al hub',
      stored: 'Quedó guardada',
      handed_out: 'Se entregó al TPV',
      delivered: 'El TPV confirmó que la tiene',
      completed: 'El TPV la completó',
      failed: 'Terminó sin éxito',
    } satisfies Record<InstructionStep, string>,
  },
  waits: {
    title: 'Por qué espera',
    unassigned: 'Espera porque la persona no tiene TPV: asígnale uno y saldrá sola.',
    tpv_inactive: (tpv: string) => `Espera porque ${tpv} está desactivado: actívalo, o pásala a otro TPV.`,
    tpv_offline: (tpv: string) => `Espera porque ${tpv} no está conectado; la recibirá en cuanto vuelva.`,
    tpv_not_polling: (tpv: string) =>
      `Espera a que ${tpv} pregunte: recoge las instrucciones por encuesta y todavía no lo ha hecho.`,
    earlier_one_in_flight: 'Espera a que el TPV termine otra anterior de la misma persona, para no alterar el orden.',
    earlier: 'Ver la anterior',
    window_full: (tpv: string, count: string, max: string) =>
      `Espera porque ${tpv} trabaja ya en ${count} de las ${max} que admite a la vez.`,
    window_full_plain: (tpv: string) => `Espera porque ${tpv} trabaja ya en todas las que admite a la vez.`,
    handed_out: (tpv: string) => `${tpv} la ha recibido, pero aún no ha dicho que la tenga.`,
    being_worked_on: (tpv: string) => `${tpv} está trabajando en ella.`,
    retry_at: (tpv: string) => `${tpv} no contestó: se le entregará otra vez.`,
    attempt: (attempt: string, max: string) => `Intento ${attempt} de ${max}.`,
    since: 'Desde',
    until: 'Cambia como tarde',
    theTpv: 'el TPV',
  },
  payload: 'Lo que recibió el TPV',
  response: 'Lo que contestó el TPV',
  noResponse: 'Todavía no ha contestado nada.',
  noResponseFinal: 'Terminó sin ninguna respuesta.',
  replies: {
    title: 'Lo que recibe la persona',
    titleOfTest: 'Lo que leería el cliente (no lo recibe nadie)',
    see: 'Ver el mensaje',
  },
  copyPayload: 'el contenido',
  copyResponse: 'la respuesta',
  actions: { retry: 'Reintentar', cancel: 'Cancelar', reassign: 'Pasar a otro TPV' } satisfies Record<
    InstructionAction,
    string
  >,
  retried: 'Se ha enviado otra vez: esta es la nueva.',
  notRetried: 'No se ha podido reintentar: vuelve a cargar la página y prueba otra vez.',
  cancelAsk: {
    title: '¿Cancelar esta instrucción?',
    text: (person: string, excerpt: string) =>
      `«${excerpt}», de ${person}, termina como fallida y el TPV deja de trabajar en ella. No se puede deshacer.`,
    confirm: 'Cancelar la instrucción',
    done: 'La instrucción está cancelada.',
  },
  reassignAsk: {
    title: 'Pasar a otro TPV',
    text: 'Solo esta instrucción; la persona sigue con su TPV.',
    picker: 'TPV que la atenderá',
    confirm: 'Pasar',
    done: (tpv: string) => `La instrucción espera ahora en ${tpv}.`,
  },
} as const;
