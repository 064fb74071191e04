/** A part of the documentation: what is for TPVs comes first, what is for administrators last. */
export interface Tag {
  name: string;
  description: string;
}

/** In the order in which a reader sees them. */
export const TAGS: readonly Tag[] = [
  { name: 'TPV', description: 'Para un TPV: su alta, su clave, su estado y sus personas.' },
  { name: 'Instrucciones', description: 'Para un TPV: lo que le piden, y lo que informa de ello.' },
  { name: 'Mensajes', description: 'Para un TPV: lo que escribe a sus personas.' },
  { name: 'Ficheros', description: 'Para un TPV: lo que sus personas le envían.' },
  { name: 'TPV antiguos', description: 'Para los TPV de antes: los mismos caminos y formas que conocen.' },
  { name: 'Estado', description: 'Para quien vigila el hub.' },
  { name: 'Telegram', description: 'Para quien configura el webhook.' },
  { name: 'Panel: vigilancia', description: 'Para quien administra: qué pasa, qué ha pasado, y quién hizo qué.' },
  { name: 'Panel: conversaciones', description: 'Para quien administra: lo que se dice con cada persona.' },
  { name: 'Panel: TPV', description: 'Para quien administra: los TPV, sus claves y su servicio.' },
  { name: 'Panel: personas', description: 'Para quien administra: quién escribe, y quién le atiende.' },
  { name: 'Panel: instrucciones', description: 'Para quien administra: lo que se pidió a los TPV.' },
  { name: 'Panel: mensajes', description: 'Para quien administra: lo que se envió a las personas.' },
  { name: 'Panel: cuarentena', description: 'Para quien administra: lo que Telegram envió y no llegó a ser nada.' },
  { name: 'Panel: ajustes', description: 'Para quien administra: los ajustes, los textos y el webhook.' },
  { name: 'Panel: cuentas', description: 'Para quien administra: las sesiones y las cuentas.' },
];

/** By what follows `/api/admin/` in a path. */
const PANEL_TAGS: Readonly<Record<string, string>> = {
  overview: 'Panel: vigilancia',
  'first-steps': 'Panel: vigilancia',
  activity: 'Panel: vigilancia',
  alarms: 'Panel: vigilancia',
  maintenance: 'Panel: vigilancia',
  hubs: 'Panel: vigilancia',
  audit: 'Panel: vigilancia',
  events: 'Panel: vigilancia',
  inbox: 'Panel: conversaciones',
  tpvs: 'Panel: TPV',
  users: 'Panel: personas',
  instructions: 'Panel: instrucciones',
  pushes: 'Panel: mensajes',
  quarantine: 'Panel: cuarentena',
  settings: 'Panel: ajustes',
  webhook: 'Panel: ajustes',
  login: 'Panel: cuentas',
  logout: 'Panel: cuentas',
  setup: 'Panel: cuentas',
  session: 'Panel: cuentas',
  account: 'Panel: cuentas',
  accounts: 'Panel: cuentas',
};

/** The part to which a path of the panel's API belongs; undefined for other paths, and for one that has no part yet. */
export function panelTagOf(path: string): string | undefined {
  const name = /^\/api\/admin\/([a-z-]+)/.exec(path)?.[1];
  return name === undefined ? undefined : PANEL_TAGS[name];
}
