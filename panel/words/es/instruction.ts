import type { InstructionAction, InstructionStep } from '../../../src/admin/schemas/instructions.ts';

/** What the page of one instruction says. */
export const instructionWords = {
  title: 'Mensaje recibido',
  back: 'Todos los recibidos',
  facts: {
    title: 'Datos',
    person: 'Cliente',
    tpv: 'TPV',
    command: 'Tipo',
    priority: 'Prioridad',
    retries: 'Reintentos',
    holder: 'Lo tiene',
    holders: { socket: 'El TPV, por su conexión abierta', poll: 'El TPV, que lo recogió al preguntar' },
    created: 'Llegó',
    expires: 'Caduca',
    error: 'Error',
    retryOf: 'Reintento de',
    retriedAs: 'Reintentado como',
    id: 'Id',
    idCopy: 'el id del mensaje',
    unassigned: 'Sin asignar',
  },
  story: {
    title: 'Historia',
    label: 'Pasos del mensaje',
    steps: {
      written: 'El cliente lo escribió',
      received: 'Llegó al hub',
      stored: 'Quedó guardado',
      handed_out: 'Se entregó al TPV',
      delivered: 'El TPV confirmó que lo tiene',
      completed: 'El TPV lo atendió',
      failed: 'Terminó sin éxito',
    } satisfies Record<InstructionStep, string>,
  },
  waits: {
    title: 'Por qué espera',
    unassigned: 'Espera porque el cliente no tiene TPV: asígnale uno y saldrá solo.',
    tpv_inactive: (tpv: string) => `Espera porque ${tpv} está desactivado: actívalo, o pásalo a otro TPV.`,
    tpv_offline: (tpv: string) => `Espera porque ${tpv} no está conectado; lo recibirá en cuanto vuelva.`,
    tpv_not_polling: (tpv: string) =>
      `Espera a que ${tpv} pregunte: recoge los mensajes por consulta y todavía no lo ha hecho.`,
    earlier_one_in_flight: 'Espera a que el TPV termine otro anterior del mismo cliente, para no alterar el orden.',
    earlier: 'Ver el anterior',
    window_full: (tpv: string, count: string, max: string) =>
      `Espera porque ${tpv} trabaja ya en ${count} de los ${max} que admite a la vez.`,
    window_full_plain: (tpv: string) => `Espera porque ${tpv} trabaja ya en todos los que admite a la vez.`,
    handed_out: (tpv: string) => `${tpv} lo ha recibido, pero aún no ha dicho que lo tenga.`,
    being_worked_on: (tpv: string) => `${tpv} está trabajando en él.`,
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
    title: 'Lo que recibe el cliente',
    titleOfTest: 'Lo que leería el cliente (no lo recibe nadie)',
    see: 'Ver el mensaje',
  },
  copyPayload: 'el contenido',
  copyResponse: 'la respuesta',
  actions: { retry: 'Reintentar', cancel: 'Cancelar', reassign: 'Pasar a otro TPV' } satisfies Record<
    InstructionAction,
    string
  >,
  retried: 'Se ha enviado otra vez: este es el nuevo.',
  notRetried: 'No se ha podido reintentar: vuelve a cargar la página y prueba otra vez.',
  cancelAsk: {
    title: '¿Cancelar este mensaje?',
    text: (person: string, excerpt: string) =>
      `«${excerpt}», de ${person}, termina como fallido y el TPV deja de trabajar en él. No se puede deshacer.`,
    confirm: 'Cancelar el mensaje',
    done: 'El mensaje está cancelado.',
  },
  reassignAsk: {
    title: 'Pasar a otro TPV',
    text: 'Solo este mensaje; el cliente sigue con su TPV.',
    picker: 'TPV que lo atenderá',
    confirm: 'Pasar',
    done: (tpv: string) => `El mensaje espera ahora en ${tpv}.`,
  },
} as const;
