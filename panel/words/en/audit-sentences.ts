import type {
  AuditFacts,
  auditChange as spanishChange,
  auditSentences as spanishSentences,
  auditValues as spanishValues,
  auditWrong as spanishWrong,
} from '../es/audit-sentences.ts';
import type { Worded } from '../worded.ts';

const messages = ({ count }: AuditFacts) => (count === undefined || count === '1' ? 'a message' : `${count} messages`);
const whom = ({ what }: AuditFacts) => (what === '' ? 'a customer' : what);
const tpv = ({ what }: AuditFacts) => (what === '' ? 'a TPV' : what);
const because = (reason: string | undefined) => (reason === undefined ? '' : `, for ${reason}`);
const changed = ({ changes }: AuditFacts) => (changes.length === 0 ? '' : `: ${changes.join('; ')}`);

/** One thing that changed, within a sentence. */
export const auditChange: typeof spanishChange = (field, from, to) => `${field}, from ${from} to ${to}`;

/** What was wrong with a password, a code or a link. */
export const auditWrong: Worded<typeof spanishWrong> = {
  password: 'the password was not right',
  code: 'the code was not right',
  link: 'the link was no longer valid',
  name: 'there is no account of that name',
  other: 'what they wrote was not right',
};

/** How values and fields are called within a sentence. */
export const auditValues: Worded<typeof spanishValues> = {
  quoted: (text) => `“${text}”`,
  yes: 'yes',
  no: 'no',
  nothing: 'nothing',
  fields: {
    name: 'name',
    endpoint_url: 'address',
    max_users: 'most customers',
    state: 'state',
    minutes: 'minutes of waiting',
    until: 'until when',
    reason: 'reason',
    timetable: 'opening hours',
    routing_strategy: 'assigning of customers',
    push_if_unknown: 'unconfirmed messages',
    retention_days: 'days that ended messages are kept',
    cors_allowed_origins: 'pages that may use the API',
    callback_allowed_origins: 'addresses that may be called',
  },
  text: (name) => `text “${name}”`,
  otherTimetable: 'others',
  lists: { users: 'customers', instructions: 'received messages', pushes: 'sent messages' },
};

/** What each entry of the audit log tells: who did what to whom, from what to what. */
export const auditSentences: Worded<typeof spanishSentences> = {
  'access.refused': () => 'Somebody tried many times with keys that are not valid.',
  'session.login': ({ who }) => `${who} logged in.`,
  'session.refused': ({ what, wrong }) =>
    what === '' ? `Somebody could not log in: ${wrong}.` : `Somebody could not log in as ${what}: ${wrong}.`,
  'session.logout': ({ who }) => `${who} logged out.`,
  'session.revoke': ({ who }) => `${who} closed another of their sessions.`,
  'account.setup': ({ who }) => `${who} created the first account.`,
  'account.create': ({ who, what, to }) =>
    `${who} created the account ${what}${to === '' ? '' : `, with the role ${to}`}.`,
  'account.role': ({ who, what, from, to }) =>
    from === to
      ? `${who} changed the TPVs that ${what} attends.`
      : `${who} changed the role of ${what} from ${from} to ${to}.`,
  'account.language': ({ who }) => `${who} changed the language of the panel.`,
  'account.invite': ({ who, what }) => `${who} invited ${what} to log in with Telegram.`,
  'account.bot_login': ({ who }) => `${who} asked the bot for a login link.`,
  'account.password': ({ who, what, own }) =>
    own ? `${who} changed their password.` : `${who} changed the password of ${what}.`,
  'account.delete': ({ who, what }) => `${who} deleted the account ${what}.`,
  'account.totp_enable': ({ who }) => `${who} turned on their second factor.`,
  'account.totp_disable': ({ who, what, own }) =>
    own ? `${who} turned off their second factor.` : `${who} turned off the second factor of ${what}.`,
  'account.telegram_link': ({ who }) => `${who} linked their Telegram.`,
  'account.telegram_unlink': ({ who, what, own }) =>
    own ? `${who} unlinked their Telegram.` : `${who} unlinked the Telegram of ${what}.`,
  'account.alarms': ({ who, what, own, count }) => {
    const which = count === undefined || count === '0' ? 'all' : `all but ${count}`;
    return `${who} chose of which alarms ${own ? 'to be told' : `${what} is told`}: ${which}.`;
  },
  'account.recovery_code': ({ who, count }) =>
    `${who} used a recovery code${count === undefined ? '' : `; ${count} are left`}.`,
  'account.refused': ({ who, wrong }) => `${who} could not prove who they are: ${wrong}.`,
  'tpv.register': ({ what }) => `${what === '' ? 'A TPV' : what} registered.`,
  'tpv.create': (facts) => `${facts.who} created ${tpv(facts)}.`,
  'tpv.edit': (facts) => `${facts.who} edited ${tpv(facts)}${changed(facts)}.`,
  'tpv.activate': (facts) => `${facts.who} ${facts.first ? 'approved' : 'activated'} ${tpv(facts)}.`,
  'tpv.deactivate': (facts) => `${facts.who} deactivated ${tpv(facts)}.`,
  'tpv.delete': (facts) => `${facts.who} deleted ${tpv(facts)}.`,
  'tpv.rotate_key': (facts) => `${facts.who} created a new key for ${tpv(facts)}.`,
  'tpv.rotate_secret': (facts) => `${facts.who} changed the signing secret of ${tpv(facts)}.`,
  'tpv.revoke_keys': (facts) => `${facts.who} revoked the keys of ${tpv(facts)}.`,
  'tpv.join_code': (facts) => `${facts.who} changed the customers’ link of ${tpv(facts)}.`,
  'tpv.service': (facts) => `${facts.who} changed the service of ${tpv(facts)}${changed(facts)}.`,
  'tpv.import_key': (facts) => `${facts.who} imported the key that ${tpv(facts)} had.`,
  'tpv.test': (facts) => `${facts.who} tested the connection of ${tpv(facts)}.`,
  'tpv.test_order': (facts) => `${facts.who} sent a test order to ${tpv(facts)}.`,
  'user.edit': (facts) => `${facts.who} ${facts.on ? 'activated' : 'deactivated'} ${whom(facts)}.`,
  'user.assign': (facts) => {
    if (facts.count !== undefined)
      return `${facts.who} assigned ${facts.count === '1' ? 'a customer' : `${facts.count} customers`} to ${tpv(facts)}.`;
    return `${facts.who} assigned ${whom(facts)} to ${facts.to === '' ? 'another TPV' : facts.to}${facts.from === '' ? '' : `; before, ${facts.from}`}.`;
  },
  'user.message': (facts) => `${facts.who} wrote to ${whom(facts)}.`,
  'user.export': (facts) =>
    facts.list === undefined
      ? `${facts.who} downloaded the data of ${whom(facts)}.`
      : `${facts.who} downloaded the list of ${facts.list}.`,
  'user.erase': ({ who }) => `${who} erased the data of a customer.`,
  'instruction.retry': (facts) => `${facts.who} tried ${messages(facts)} again.`,
  'instruction.cancel': (facts) => `${facts.who} cancelled ${messages(facts)}.`,
  'instruction.reassign': (facts) => {
    if (facts.to === '') return `${facts.who} moved ${messages(facts)} to another TPV.`;
    return `${facts.who} moved ${messages(facts)}${facts.from === '' ? '' : ` from ${facts.from}`} to ${facts.to}.`;
  },
  'push.resend': ({ who }) => `${who} sent a message again.`,
  'push.resolve': ({ who, on }) => `${who} settled that an unconfirmed message ${on ? 'arrived' : 'did not arrive'}.`,
  'quarantine.discard': ({ who }) => `${who} discarded an update of the quarantine.`,
  'quarantine.retry': ({ who }) => `${who} tried an update of the quarantine again.`,
  'setting.change': (facts) => `${facts.who} changed the settings${changed(facts)}.`,
  'maintenance.begin': ({ who, what, until, reason }) =>
    `${who} announced maintenance${what === '' ? '' : ` of ${what}`}${until === undefined ? '' : ` until ${until}`}${because(reason)}.`,
  'maintenance.end': ({ who, reason }) => `${who} ended maintenance${because(reason)}.`,
  'webhook.set': ({ who, to }) => `${who} set the webhook${to === '' ? '' : ` to ${to}`}.`,
  'webhook.delete': ({ who }) => `${who} removed the webhook.`,
};
