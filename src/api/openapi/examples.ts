/** Ids of examples; the tests put those of their hub in their place. */
export const EXAMPLE_IDS = {
  tpv: '019ac0de-0000-7000-8000-000000000001',
  instruction: '019ac0de-0000-7000-8000-000000000002',
  person: 100_200_300,
  /** Telegram's number of a message. */
  message: 4_711,
  /** Of an update in quarantine. */
  update: 12,
} as const;

const { tpv, instruction, person, message, update } = EXAMPLE_IDS;

const LOCAL = { name: 'Bar Pepe', endpoint_url: 'https://bar-pepe.example:8001', max_users: 100 };
const SERVICE = { state: 'busy', minutes: 30, until: null };
const ORDER = { text: '2 cañas y una tortilla' };
const COMPLETED = { status: 'completed', response: { order: 87 }, reply: { text: 'Marchando: son 9,50 €.' } };
const PASSWORD = 'una frase larga que nadie adivina';

/** What the documentation shows as the JSON body of an operation. A test sends each to a hub. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  postTpvRegister: { ...LOCAL, version: '2.4.0', metadata: { city: 'Murcia' } },
  postTpvHeartbeat: { version: '2.4.0' },
  putTpvService: SERVICE,
  putTpvInstructionsById: COMPLETED,
  patchTpvInstructionsById: { status: 'delivered' },
  postTpvPush: {
    telegram_user_id: person,
    text: 'Tu mesa está lista. ¿Vienes?',
    buttons: [
      [
        { text: 'Voy', action: 'coming' },
        { text: 'No puedo', action: 'not_coming' },
      ],
    ],
  },
  patchTpvPushById: { text: 'Tu mesa está lista.', buttons: [] },
  postRegisterNotification: {
    telegram_user_id: person,
    mensaje: '¿Confirmas la reserva?',
    token: 'a1b2c3',
    callback_url: 'https://bar-pepe.example:8001/confirmar/',
    botones: [[{ text: 'Sí', callback_data: 'si' }]],
  },
  postEditMessage: { telegram_user_id: person, message_id: message, nuevo_texto: 'Reserva confirmada.' },
  postDeleteMessage: { telegram_user_id: person, message_id: message },
  postWebhookSetup: {},
  postAdminWebhook: {},
  postAdminLogin: { name: 'ana', password: PASSWORD },
  postAdminLoginBot: { token: 'el-del-enlace-que-da-el-bot' },
  postAdminSetup: { token: 'el-del-enlace-que-escribe-el-hub', name: 'ana', password: PASSWORD },
  putAdminAccountPassword: { current_password: PASSWORD, new_password: 'otra frase larga que nadie adivina' },
  postAdminAccountTotp: { password: PASSWORD },
  deleteAdminAccountTotp: { password: PASSWORD },
  postAdminAccountTotpConfirm: { code: '123456' },
  postAdminAccountProof: { password: PASSWORD },
  postAdminAccounts: { name: 'eva', role: 'viewer', password: PASSWORD },
  patchAdminAccountsById: { role: 'admin' },
  putAdminAccountsByIdPassword: { password: 'una frase nueva que nadie adivina' },
  putAdminAccountLanguage: { language: 'es' },
  putAdminAccountAlarms: { muted: ['tpv_awaiting_approval'] },
  postAdminMaintenance: { minutes: 60, reason: 'Router nuevo' },
  postAdminTpvs: LOCAL,
  patchAdminTpvsById: { max_users: 150 },
  postAdminTpvsByIdTestOrder: ORDER,
  putAdminTpvsByIdService: SERVICE,
  postAdminTpvsByIdServicePreview: { state: 'paused', reason: 'Volvemos a las 20:00.' },
  postAdminTpvsByIdDeactivate: { users: 'keep' },
  patchAdminUsersById: { is_active: true },
  putAdminUsersByIdTpv: { tpv_id: tpv },
  postAdminUsersAssign: { telegram_ids: [person], tpv_id: tpv, preview: true },
  postAdminUsersByIdMessages: { text: 'Hemos encontrado tu paraguas.' },
  postAdminInstructionsByIdReassign: { tpv_id: tpv },
  postAdminInstructionsBulk: { action: 'retry', ids: [instruction], preview: true },
  postAdminPushesByIdResolve: { as: 'sent' },
  postAdminQuarantineDiscard: { seqs: [update] },
  patchAdminSettings: { routing_strategy: 'least_users', retention_days: 90 },
  postAdminSettingsTextsPreview: { key: 'welcome', value: '¡Hola! Escribe lo que quieras pedir.' },
};
