/** What a manager's first page says. */
export const ownOverviewWords = {
  title: 'Resumen',
  lead: 'Cómo están tus locales ahora mismo.',
  tpvs: 'Tus locales',
  waiting: 'En espera',
  people: 'Clientes',
  heartbeat: 'Última señal',
  never: 'Nunca',
  conversations: 'Conversaciones',
  unanswered: 'Sin contestar',
  none: 'Todavía no tienes ningún local',
  noneText: 'Quien administra el hub puede asignarte uno.',
} as const;
