import type { AuditAction } from '../../../src/admin/schemas/audit.ts';

/** What an entry of the audit log says, ready for a sentence: names are quoted, numbers and times written out. */
export interface AuditFacts {
  /** Who did it, as a sentence begins. */
  who: string;
  /** What it was done to; empty where the entry names nothing. */
  what: string;
  /** Whether somebody did it to their own account. */
  own: boolean;
  /** What was before; empty where nothing was, or the entry does not say. */
  from: string;
  /** What is since; empty where the entry does not say. */
  to: string;
  /** To how many it was done. */
  count: string | undefined;
  /** Whether it was switched on, or taken for done. */
  on: boolean;
  /** Whether it was an approval. */
  first: boolean;
  /** What was not right. */
  wrong: string;
  /** Which list. */
  list: string | undefined;
  until: string | undefined;
  reason: string | undefined;
  /** Each as part of a sentence. */
  changes: readonly string[];
}

type Sentence = (facts: AuditFacts) => string;

const messages = ({ count }: AuditFacts) => (count === undefined || count === '1' ? 'un mensaje' : `${count} mensajes`);
const ofWhom = ({ what }: AuditFacts) => (what === '' ? 'un cliente' : what);
const tpv = ({ what }: AuditFacts) => (what === '' ? 'un TPV' : what);
const because = (reason: string | undefined) => (reason === undefined ? '' : `, por ${reason}`);
const changed = ({ changes }: AuditFacts) => (changes.length === 0 ? '' : `: ${changes.join('; ')}`);

/** One thing that changed, within a sentence. */
export const auditChange = (field: string, from: string, to: string): string => `${field}, de ${from} a ${to}`;

/** What was wrong with a password, a code or a link. */
export const auditWrong = {
  password: 'la contraseña no era correcta',
  code: 'el código no era correcto',
  link: 'el enlace ya no valía',
  name: 'no hay ninguna cuenta con ese nombre',
  other: 'lo que escribió no era correcto',
} as const;

/** How values and fields are called within a sentence. */
export const auditValues = {
  quoted: (text: string) => `«${text}»`,
  yes: 'sí',
  no: 'no',
  nothing: 'nada',
  fields: {
    name: 'nombre',
    endpoint_url: 'dirección',
    max_users: 'clientes como máximo',
    state: 'estado',
    minutes: 'minutos de espera',
    until: 'hasta cuándo',
    reason: 'motivo',
    timetable: 'horario',
    routing_strategy: 'reparto de clientes',
    push_if_unknown: 'mensajes sin confirmar',
    retention_days: 'días que se guarda lo terminado',
    cors_allowed_origins: 'páginas que pueden usar la API',
    callback_allowed_origins: 'direcciones que se pueden llamar',
  } as Readonly<Record<string, string>>,
  text: (name: string) => `texto «${name}»`,
  otherTimetable: 'otro',
  lists: { users: 'los clientes', instructions: 'los mensajes recibidos', pushes: 'los mensajes enviados' } as Readonly<
    Record<string, string>
  >,
} as const;

/** What each entry of the audit log tells: who did what to whom, from what to what. */
export const auditSentences: Readonly<Record<AuditAction, Sentence>> = {
  'access.refused': () => 'Alguien probó muchas veces con claves que no valen.',
  'session.login': ({ who }) => `${who} entró en el panel.`,
  'session.refused': ({ what, wrong }) =>
    what === '' ? `Alguien no pudo entrar: ${wrong}.` : `Alguien no pudo entrar como ${what}: ${wrong}.`,
  'session.logout': ({ who }) => `${who} cerró su sesión.`,
  'session.revoke': ({ who }) => `${who} cerró otra de sus sesiones.`,
  'account.setup': ({ who }) => `${who} creó la primera cuenta.`,
  'account.create': ({ who, what, to }) => `${who} creó la cuenta ${what}${to === '' ? '' : `, con el perfil ${to}`}.`,
  'account.role': ({ who, what, from, to }) =>
    from === to
      ? `${who} cambió los TPV que atiende ${what}.`
      : `${who} cambió el perfil de ${what}: de ${from} a ${to}.`,
  'account.language': ({ who }) => `${who} cambió el idioma del panel.`,
  'account.invite': ({ who, what }) => `${who} invitó a ${what} a entrar por Telegram.`,
  'account.bot_login': ({ who }) => `${who} pidió al bot un enlace para entrar.`,
  'account.password': ({ who, what, own }) =>
    own ? `${who} cambió su contraseña.` : `${who} cambió la contraseña de ${what}.`,
  'account.delete': ({ who, what }) => `${who} eliminó la cuenta ${what}.`,
  'account.totp_enable': ({ who }) => `${who} activó su segundo factor.`,
  'account.totp_disable': ({ who, what, own }) =>
    own ? `${who} desactivó su segundo factor.` : `${who} desactivó el segundo factor de ${what}.`,
  'account.telegram_link': ({ who }) => `${who} vinculó su Telegram.`,
  'account.telegram_unlink': ({ who, what, own }) =>
    own ? `${who} desvinculó su Telegram.` : `${who} desvinculó el Telegram de ${what}.`,
  'account.alarms': ({ who, what, own, count }) => {
    const which = count === undefined || count === '0' ? 'todas' : `todas menos ${count}`;
    return `${who} eligió de qué alarmas se avisa${own ? '' : ` a ${what}`}: ${which}.`;
  },
  'account.recovery_code': ({ who, count }) =>
    `${who} usó un código de recuperación${count === undefined ? '' : `; quedan ${count}`}.`,
  'account.refused': ({ who, wrong }) => `${who} no pudo confirmar quién es: ${wrong}.`,
  'tpv.register': ({ what }) => `${what === '' ? 'Un TPV' : what} se dio de alta.`,
  'tpv.create': (facts) => `${facts.who} creó ${tpv(facts)}.`,
  'tpv.edit': (facts) => `${facts.who} editó ${tpv(facts)}${changed(facts)}.`,
  'tpv.activate': (facts) => `${facts.who} ${facts.first ? 'aprobó' : 'activó'} ${tpv(facts)}.`,
  'tpv.deactivate': (facts) => `${facts.who} desactivó ${tpv(facts)}.`,
  'tpv.delete': (facts) => `${facts.who} eliminó ${tpv(facts)}.`,
  'tpv.rotate_key': (facts) => `${facts.who} creó una clave nueva para ${tpv(facts)}.`,
  'tpv.rotate_secret': (facts) => `${facts.who} cambió el secreto de firma de ${tpv(facts)}.`,
  'tpv.revoke_keys': (facts) => `${facts.who} anuló las claves de ${tpv(facts)}.`,
  'tpv.join_code': (facts) => `${facts.who} cambió el enlace de ${tpv(facts)} para los clientes.`,
  'tpv.service': (facts) => `${facts.who} cambió el servicio de ${tpv(facts)}${changed(facts)}.`,
  'tpv.import_key': (facts) => `${facts.who} importó la clave que ya tenía ${tpv(facts)}.`,
  'tpv.test': (facts) => `${facts.who} probó la conexión de ${tpv(facts)}.`,
  'tpv.test_order': (facts) => `${facts.who} envió un pedido de prueba a ${tpv(facts)}.`,
  'user.edit': (facts) => `${facts.who} ${facts.on ? 'activó' : 'desactivó'} a ${ofWhom(facts)}.`,
  'user.assign': (facts) => {
    if (facts.count !== undefined)
      return `${facts.who} asignó ${facts.count === '1' ? 'un cliente' : `${facts.count} clientes`} a ${tpv(facts)}.`;
    return `${facts.who} asignó a ${ofWhom(facts)} a ${facts.to === '' ? 'otro TPV' : facts.to}${facts.from === '' ? '' : `; antes lo atendía ${facts.from}`}.`;
  },
  'user.message': (facts) => `${facts.who} escribió a ${ofWhom(facts)}.`,
  'user.export': (facts) =>
    facts.list === undefined
      ? `${facts.who} descargó los datos de ${ofWhom(facts)}.`
      : `${facts.who} descargó la lista de ${facts.list}.`,
  'user.erase': ({ who }) => `${who} borró los datos de un cliente.`,
  'instruction.retry': (facts) => `${facts.who} reintentó ${messages(facts)}.`,
  'instruction.cancel': (facts) => `${facts.who} canceló ${messages(facts)}.`,
  'instruction.reassign': (facts) => {
    if (facts.to === '') return `${facts.who} pasó ${messages(facts)} a otro TPV.`;
    return `${facts.who} pasó ${messages(facts)}${facts.from === '' ? '' : ` de ${facts.from}`} a ${facts.to}.`;
  },
  'push.resend': ({ who }) => `${who} envió otra vez un mensaje.`,
  'push.resolve': ({ who, on }) => `${who} dio por ${on ? 'llegado' : 'no llegado'} un mensaje sin confirmar.`,
  'quarantine.discard': ({ who }) => `${who} descartó una actualización de la cuarentena.`,
  'quarantine.retry': ({ who }) => `${who} intentó otra vez una actualización de la cuarentena.`,
  'setting.change': (facts) => `${facts.who} cambió los ajustes${changed(facts)}.`,
  'maintenance.begin': ({ who, what, until, reason }) =>
    `${who} anunció un mantenimiento${what === '' ? '' : ` de ${what}`}${until === undefined ? '' : ` hasta el ${until}`}${because(reason)}.`,
  'maintenance.end': ({ who, reason }) => `${who} terminó un mantenimiento${because(reason)}.`,
  'webhook.set': ({ who, to }) => `${who} puso el webhook${to === '' ? '' : ` en ${to}`}.`,
  'webhook.delete': ({ who }) => `${who} quitó el webhook.`,
};
