import type { Conversation } from '../../../src/admin/schemas/inbox.ts';

/** What the inbox says. */
export const inboxWords = {
  title: 'Conversaciones',
  search: 'Buscar un cliente',
  label: 'Lista de conversaciones',
  views: {
    label: 'Vistas de conversaciones',
    all: 'Todas',
    unanswered: 'Sin contestar',
    waiting: 'En espera',
    failed: 'Con fallos',
    unassigned: 'Sin asignar',
  },
  states: {
    waiting: 'En espera',
    failed: 'Falló',
    unanswered: 'Sin contestar',
    answered: '',
  } satisfies Record<Conversation['state'], string>,
  from: { person: '', tpv: 'TPV', operator: 'Operador' },
  pressed: (button: string) => `Pulsó «${button}»`,
  unread: 'sin leer',
  readAll: 'Marcar todo como leído',
  readAllDone: 'Todo está leído.',
  readAllFailed: 'No se ha podido marcar como leído: inténtalo de nuevo.',
  back: 'Conversaciones',
  person: 'Ficha',
  conversation: 'Conversación',
  page: 'Ficha completa',
  choose: {
    title: 'Elige una conversación',
    text: 'Con las flechas te mueves por la lista, con Intro abres y con R contestas.',
  },
  empty: {
    title: 'Todavía no ha escrito nadie',
    text: 'Reparte el enlace o el código QR de un TPV: lo que te escriban aparecerá aquí.',
    action: 'Ir a los TPV',
    filteredTitle: 'Ninguna conversación coincide',
    filteredText: 'Prueba con otra vista, o quita algún filtro.',
    showAll: 'Ver todas',
  },
  tpv: { title: 'TPV', service: 'Servicio', none: 'Nadie atiende a este cliente.' },
} as const;
