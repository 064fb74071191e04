import type { frameWords } from './frame.ts';

/** What the search over the whole panel says. */
export const searchWords = {
  open: 'Buscar',
  key: 'Ctrl K',
  title: 'Buscar en el panel',
  placeholder: 'Cliente, TPV, id, página o acción',
  results: 'Resultados',
  searching: 'Buscando…',
  count: (count: number) => (count === 1 ? '1 resultado' : `${count.toLocaleString('es')} resultados`),
  failed: (why: string) => `No se ha podido buscar en el hub: ${why}`,
  hint: 'Con las flechas eliges, con Intro abres y con Esc cierras.',
  groups: {
    places: 'Ir a',
    actions: 'Hacer',
    tpvs: 'TPV',
    people: 'Clientes',
    ids: 'Con este id',
    elsewhere: 'Buscar el texto',
  },
  instruction: 'Mensaje recibido',
  push: 'Mensaje enviado',
  texts: {
    instructions: (text: string) => `«${text}» en lo que escriben los clientes`,
    pushes: (text: string) => `«${text}» en lo que reciben`,
  },
  views: {
    unanswered: 'Conversaciones sin contestar',
    failed: 'Mensajes recibidos que fallaron',
    waiting: 'Mensajes recibidos en espera',
    unassigned: 'Clientes sin asignar',
    awaiting: 'TPV por aprobar',
    offline: 'TPV activos sin conexión',
    unknown: 'Mensajes enviados sin confirmar',
  },
  commands: {
    newTpv: 'Nuevo TPV',
    keys: 'Ver las teclas del panel',
    theme: 'Cambiar el tema, claro u oscuro',
  },
  /** Other words by which an action is looked for. */
  commandsAlsoCalled: { newTpv: 'crear local', keys: 'atajos teclado ayuda' },
  /** Other words by which a page is looked for. */
  alsoCalled: {
    overview: 'inicio alarmas figuras mantenimiento',
    inbox: 'chats bandeja responder escribir',
    tpvs: 'locales restaurantes claves horario',
    users: 'personas usuarios asignar mover',
    instructions: 'mensajes pedidos instrucciones pulsaciones reintentar',
    pushes: 'mensajes envíos avisos respuestas',
    quarantine: 'descartar',
    audit: 'registro historial quién',
    settings: 'configuración textos reparto conservación cors idiomas',
    webhook: 'telegram bot reparar',
    hubs: 'servidores procesos base de datos',
    account: 'contraseña sesiones segundo factor usuarios perfil alarmas idioma',
  } satisfies Record<keyof (typeof frameWords)['sections'], string>,
} as const;
