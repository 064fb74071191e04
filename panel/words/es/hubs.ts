import type { ListedHub } from '../../../src/admin/schemas/hubs.ts';

/** What the page of the hubs says. */
export const hubsWords = {
  title: 'Hubs',
  lead: 'Los procesos que comparten esta base de datos. Si uno cae, los demás siguen con lo suyo en segundos.',
  columns: {
    name: 'Hub',
    state: 'Estado',
    sockets: 'TPV conectados',
    leads: 'Hace por todos',
    lag: 'Última señal',
    since: 'Desde',
  },
  states: { up: 'En marcha', draining: 'Cerrándose', silent: 'Sin señal' } satisfies Record<ListedHub['state'], string>,
  leads: { chores: 'Tareas de fondo', telegram: 'Envíos a Telegram' } satisfies Record<
    ListedHub['leads'][number],
    string
  >,
  leadsNothing: 'nada',
  isThis: 'Este panel',
  ago: (time: string) => `hace ${time}`,
  onlyOne: 'Solo hay un hub: si se para, nadie atiende hasta que vuelva. Arranca otro con la misma base de datos.',
  nobodyLeads:
    'Ningún hub hace las tareas de fondo o los envíos a Telegram. Si dura más de unos segundos, mira el registro de cada hub.',
  configured: (variables: string) =>
    `No todos están configurados igual: ${variables}. Pon lo mismo en cada hub y arráncalo de nuevo.`,
  differ: 'No todos tienen la misma versión. Es normal mientras se actualizan, de uno en uno.',
  none: {
    title: 'Este hub está solo',
    text: 'Con PostgreSQL pueden trabajar varios a la vez con la misma base de datos.',
  },
} as const;
