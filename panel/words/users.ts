import type { UsersAssigned } from '../../src/admin/schemas/users.ts';

type SkipReason = UsersAssigned['skipped'][number]['reason'];

/** What the list of people and the assigning of some say. */
export const usersWords = {
  title: 'Personas',
  lead: 'Quienes escriben al bot, y el local que atiende a cada una.',
  search: 'Buscar por nombre, alias o id',
  tpv: 'TPV',
  active: 'Estado',
  activeOnly: 'Activas',
  inactiveOnly: 'Inactivas',
  views: { label: 'Vistas de personas', all: 'Todas', unassigned: 'Sin asignar', inactive: 'Inactivas' },
  columns: { name: 'Persona', username: 'Alias', tpv: 'TPV', seen: 'Última vez', created: 'Desde', id: 'Id' },
  unassigned: 'Sin asignar',
  inactive: 'Inactiva',
  noUsername: '—',
  empty: {
    title: 'Todavía no ha escrito nadie',
    text: 'Reparte el enlace o el código QR de un TPV: quien lo abra aparecerá aquí.',
    action: 'Ir a los TPV',
    unassignedTitle: 'Nadie espera un local',
    unassignedText: 'Todas las personas tienen su TPV.',
    filteredTitle: 'Nadie coincide',
    filteredText: 'Busca por otra parte del nombre, o quita algún filtro.',
    showAll: 'Ver todas',
  },
  assign: {
    open: 'Asignar a un TPV',
    titleOne: (name: string) => `Asignar a ${name}`,
    titleMany: (people: string) => `Asignar a ${people}`,
    picker: 'TPV que atenderá',
    current: (tpv: string) => `Ahora atiende ${tpv}.`,
    none: 'Ahora no atiende nadie.',
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
    tooMany: (most: string) => `Elige ${most} personas como máximo de una vez.`,
  },
  nobody: 'El hub',
  person: 'persona',
  people: 'personas',
} as const;
