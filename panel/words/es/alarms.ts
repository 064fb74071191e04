import type { Alarm, AlarmCode } from '../../../src/admin/schemas/overview.ts';

const count = (alarm: Alarm) => (alarm.count ?? 0).toLocaleString('es');
const tpv = (alarm: Alarm) => (alarm.tpv === null ? 'Un TPV' : `«${alarm.tpv.name}»`);
const either = (alarm: Alarm, one: string, many: string) => (alarm.count === 1 ? one : `${count(alarm)} ${many}`);

/** What each alarm says, and what its button offers. */
export const alarmWords: Readonly<Record<AlarmCode, { text: (alarm: Alarm) => string; action: string }>> = {
  tpv_offline_with_users: {
    text: (alarm) => `${tpv(alarm)} no está conectado y atiende a ${either(alarm, 'un cliente', 'clientes')}.`,
    action: 'Ver el TPV',
  },
  tpv_instructions_waiting: {
    text: (alarm) =>
      `${tpv(alarm)} está conectado y no recoge los mensajes: alguno espera desde hace más de 10 minutos.`,
    action: 'Ver el TPV',
  },
  tpv_instructions_failing: {
    text: (alarm) =>
      `${tpv(alarm)} no consigue atender lo que le piden: ${either(alarm, 'un mensaje fallido', 'mensajes fallidos')} en 10 minutos.`,
    action: 'Ver el TPV',
  },
  tpv_key_shared: {
    text: (alarm) => `${tpv(alarm)}: dos máquinas usan la misma clave.`,
    action: 'Cambiar la clave',
  },
  tpv_quota_reached: {
    text: (alarm) => `${tpv(alarm)} tiene demasiados mensajes o ficheros en espera: el hub no le admite más.`,
    action: 'Ver el TPV',
  },
  webhook_elsewhere: {
    text: () => 'El webhook del bot apunta a otro sitio: los mensajes no llegan aquí.',
    action: 'Reparar',
  },
  webhook_broken: { text: () => 'Telegram no consigue entregar los mensajes.', action: 'Ver el webhook' },
  polling_broken: { text: () => 'El hub no consigue recoger los mensajes de Telegram.', action: 'Ver qué pasa' },
  database_lost: {
    text: () => 'La base de datos se ha borrado o sustituido: no se acepta nada hasta que se restaure.',
    action: 'Ver los ajustes',
  },
  disk_nearly_full: { text: () => 'El disco está casi lleno.', action: 'Ver la retención' },
  backup_late: {
    text: () => 'No hay ninguna copia de seguridad de las últimas 26 horas.',
    action: 'Ver los ajustes',
  },
  pushes_unknown: {
    text: (alarm) =>
      `${either(alarm, 'Un mensaje', 'mensajes')} sin confirmar: no se sabe si ${alarm.count === 1 ? 'llegó' : 'llegaron'}.`,
    action: 'Resolver',
  },
  quarantine_not_empty: {
    text: (alarm) => `${either(alarm, 'Una actualización', 'actualizaciones')} de Telegram en cuarentena.`,
    action: 'Revisar',
  },
  tpv_awaiting_approval: {
    text: (alarm) => `${alarm.tpv === null ? either(alarm, 'Un TPV', 'TPV') : tpv(alarm)} por aprobar.`,
    action: 'Aprobar',
  },
  unassigned_waiting: {
    text: (alarm) => `${either(alarm, 'Un mensaje', 'mensajes')} en espera: quien escribe no tiene TPV.`,
    action: 'Asignar',
  },
};

/** What each alarm is called where one chooses of which to hear. */
export const alarmNames: Readonly<Record<AlarmCode, string>> = {
  tpv_offline_with_users: 'TPV sin conexión, con el local abierto',
  tpv_instructions_waiting: 'TPV conectado que no recoge los mensajes',
  tpv_instructions_failing: 'TPV al que le fallan los mensajes',
  tpv_key_shared: 'Dos máquinas con la misma clave',
  tpv_quota_reached: 'TPV con demasiado en espera',
  webhook_elsewhere: 'Webhook del bot en otro sitio',
  webhook_broken: 'Telegram no entrega los mensajes',
  polling_broken: 'El hub no recoge los mensajes de Telegram',
  database_lost: 'Base de datos borrada o sustituida',
  disk_nearly_full: 'Disco casi lleno',
  backup_late: 'Sin copia de seguridad reciente',
  pushes_unknown: 'Mensajes sin confirmar',
  quarantine_not_empty: 'Actualizaciones en cuarentena',
  tpv_awaiting_approval: 'TPV por aprobar',
  unassigned_waiting: 'Mensajes de quien no tiene TPV',
};
