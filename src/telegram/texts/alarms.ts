import type { AlarmCode } from '../../alarms/alarm.ts';

const number = (count: number) => count.toLocaleString('es');
const some = (count: number | null, one: string, many: string) => {
  if (count === null) return many;
  return count === 1 ? one : `${number(count)} ${many}`;
};

/** What there is to say of alarms of one kind, as plain text. */
interface KindWords {
  /** The whole sentence. */
  one(alarm: { tpv: string; count: number | null }): string;
  /** Of more TPVs than can be named one by one; `count` adds up theirs. */
  many?(told: { tpvs: string; all: number; count: number }): string;
  /** What it is called once it is over. */
  name(tpv: string): string;
  /** What the link says that leads to where it is mended. */
  action: string;
  /** Where that is in the panel; one TPV's alarm leads to the TPV. */
  place: string;
}

/** What the persons of accounts read in Telegram of alarms; in Spanish, as all of the panel is. */
export const alarmTexts = {
  critical: 'Alarma',
  warning: 'Aviso',
  lasting: 'Sigue sin resolverse',
  ended: { one: 'Alarma terminada', many: 'Alarmas terminadas' },
  since: (ago: string) => `desde hace ${ago}`,
  lasted: (time: string) => `ha durado ${time}`,
  see: (tpv: string) => `Ver «${tpv}»`,
  others: (names: string, more: number) => (more === 0 ? names : `${names} y ${number(more)} más`),
  minutes: (count: number) => (count < 1 ? 'menos de un minuto' : count === 1 ? 'un minuto' : `${count} minutos`),
  hours: (count: number) => (count === 1 ? 'una hora' : `${count} horas`),
  days: (count: number) => `${number(count)} días`,
} as const;

export const alarmKinds: Readonly<Record<AlarmCode, KindWords>> = {
  tpv_offline_with_users: {
    one: ({ tpv, count }) => `«${tpv}» no está conectado y atiende a ${some(count, 'un cliente', 'clientes')}.`,
    many: ({ tpvs, all, count }) =>
      `${number(all)} TPV no están conectados y atienden a ${some(count, 'un cliente', 'clientes')}: ${tpvs}.`,
    name: (tpv) => `${tpv}, sin conexión`,
    action: 'Ver los TPV desconectados',
    place: '/admin/tpvs?state=active&online=false',
  },
  tpv_instructions_waiting: {
    one: ({ tpv }) => `«${tpv}» está conectado y no recoge los mensajes: alguno espera desde hace más de 10 minutos.`,
    many: ({ tpvs, all }) =>
      `${number(all)} TPV están conectados y no recogen los mensajes, que esperan desde hace más de 10 minutos: ${tpvs}.`,
    name: (tpv) => `${tpv}, mensajes sin recoger`,
    action: 'Ver los TPV',
    place: '/admin/tpvs',
  },
  tpv_instructions_failing: {
    one: ({ tpv, count }) =>
      `«${tpv}» no consigue atender lo que le piden: ${some(count, 'un mensaje fallido', 'mensajes fallidos')} en 10 minutos.`,
    many: ({ tpvs, all, count }) =>
      `${number(all)} TPV no consiguen atender lo que les piden (${some(count, 'un mensaje fallido', 'mensajes fallidos')} en 10 minutos): ${tpvs}.`,
    name: (tpv) => `${tpv}, mensajes fallidos`,
    action: 'Ver los mensajes fallidos',
    place: '/admin/instrucciones?status=failed',
  },
  tpv_key_shared: {
    one: ({ tpv }) => `«${tpv}»: dos máquinas usan la misma clave.`,
    many: ({ tpvs, all }) => `${number(all)} TPV tienen una clave que usan dos máquinas: ${tpvs}.`,
    name: (tpv) => `${tpv}, dos máquinas con la misma clave`,
    action: 'Ver los TPV',
    place: '/admin/tpvs',
  },
  tpv_quota_reached: {
    one: ({ tpv }) => `«${tpv}» tiene demasiados mensajes o ficheros en espera: el hub no le admite más.`,
    many: ({ tpvs, all }) => `${number(all)} TPV tienen demasiado en espera, y el hub no les admite más: ${tpvs}.`,
    name: (tpv) => `${tpv}, demasiado en espera`,
    action: 'Ver los TPV',
    place: '/admin/tpvs',
  },
  webhook_elsewhere: {
    one: () => 'El webhook del bot apunta a otro sitio: los mensajes no llegan al hub.',
    name: () => 'Webhook en otro sitio',
    action: 'Reparar el webhook',
    place: '/admin/webhook',
  },
  webhook_broken: {
    one: () => 'Telegram no consigue entregar los mensajes.',
    name: () => 'Telegram no entregaba los mensajes',
    action: 'Ver el webhook',
    place: '/admin/webhook',
  },
  polling_broken: {
    one: () => 'El hub no consigue recoger los mensajes de Telegram.',
    name: () => 'El hub no recogía los mensajes de Telegram',
    action: 'Ver qué pasa',
    place: '/admin/webhook',
  },
  database_lost: {
    one: () => 'La base de datos se ha borrado o sustituido: no se acepta nada hasta que se restaure.',
    name: () => 'Base de datos borrada o sustituida',
    action: 'Ver los ajustes',
    place: '/admin/ajustes',
  },
  disk_nearly_full: {
    one: () => 'El disco del hub está casi lleno.',
    name: () => 'Disco casi lleno',
    action: 'Ver cuánto se guarda',
    place: '/admin/ajustes',
  },
  backup_late: {
    one: () => 'No hay ninguna copia de seguridad de las últimas 26 horas.',
    name: () => 'Sin copia de seguridad reciente',
    action: 'Ver los ajustes',
    place: '/admin/ajustes',
  },
  pushes_unknown: {
    one: ({ count }) =>
      `${some(count, 'Un mensaje', 'mensajes')} sin confirmar: no se sabe si ${count === 1 ? 'llegó' : 'llegaron'}.`,
    name: () => 'Mensajes sin confirmar',
    action: 'Resolverlo',
    place: '/admin/mensajes?status=unknown',
  },
  quarantine_not_empty: {
    one: ({ count }) => `${some(count, 'Una actualización', 'actualizaciones')} de Telegram en cuarentena.`,
    name: () => 'Cuarentena',
    action: 'Revisarla',
    place: '/admin/cuarentena',
  },
  tpv_awaiting_approval: {
    one: ({ count }) => `${some(count, 'Un TPV', 'TPV')} por aprobar.`,
    name: () => 'TPV por aprobar',
    action: 'Ver a quién aprobar',
    place: '/admin/tpvs?state=awaiting',
  },
  unassigned_waiting: {
    one: ({ count }) => `${some(count, 'Un mensaje', 'mensajes')} en espera: quien escribe no tiene TPV.`,
    name: () => 'Mensajes de quien no tiene TPV',
    action: 'Asignar un TPV',
    place: '/admin/personas?assigned=false',
  },
};
