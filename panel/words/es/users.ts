import type { UsersAssigned } from '../../../src/admin/schemas/users.ts';

type SkipReason = UsersAssigned['skipped'][number]['reason'];

/** What the list of people and the assigning of some say. */
export const usersWords = {
  title: 'Clientes',
  lead: 'Quienes escriben al bot, y el TPV que atiende a cada uno.',
  search: 'Buscar por nombre, alias o id',
  tpv: 'TPV',
  active: 'Estado',
  activeOnly: 'Activos',
  inactiveOnly: 'Inactivos',
  views: { label: 'Vistas de clientes', all: 'Todos', unassigned: 'Sin asignar', inactive: 'Inactivos' },
  columns: { name: 'Cliente', username: 'Alias', tpv: 'TPV', seen: 'Última vez', created: 'Desde', id: 'Id' },
  unassigned: 'Sin asignar',
  inactive: 'Inactivo',
  noUsername: '—',
  empty: {
    title: 'Todavía no ha escrito nadie',
    text: 'Reparte el enlace o el código QR de un TPV: quien lo abra aparecerá aquí.',
    action: 'Ir a los TPV',
    unassignedTitle: 'Nadie espera un TPV',
    unassignedText: 'Todos los clientes tienen su TPV.',
    filteredTitle: 'Nadie coincide',
    filteredText: 'Busca por otra parte del nombre, o quita algún filtro.',
    showAll: 'Ver todos',
  },
  assign: {
    open: 'Asignar a un TPV',
    titleOne: (name: string) => `Asignar a ${name}`,
    titleMany: (people: string) => `Asignar a ${people}`,
    picker: 'TPV que atenderá',
    current: (tpv: string) => `Ahora lo atiende ${tpv}.`,
    none: 'Ahora no lo atiende nadie.',
    moves: (people: string, tpv: string) => `«${tpv}» atenderá a ${people}, con sus mensajes en espera.`,
    nobody: 'No hay nadie a quien mover.',
    skipped: (who: string, why: string) => `Se omite (${why}): ${who}.`,
    reasons: {
      not_found: 'ya no existe',
      tpv_full: 'el TPV está completo',
      unchanged: 'ya tiene ese TPV',
    } satisfies Record<SkipReason, string>,
    confirm: 'Asignar',
    done: (people: string, tpv: string) => `Asignado a ${tpv}: ${people}.`,
    tooMany: (most: string) => `Elige ${most} clientes como máximo de una vez.`,
  },
  nobody: 'El hub',
  person: 'cliente',
  people: 'clientes',
} as const;
