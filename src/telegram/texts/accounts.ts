import type { Device } from '../../administrators/device.ts';
import { escapeHtml } from '../../push/markup.ts';

/** A login as its account's person reads of it. */
export interface ToldLogin {
  account: string;
  /** As a person says it. */
  when: string;
  address: string;
  device: Device;
  /** Where the panel is; undefined where PUBLIC_URL does not say. */
  panelUrl: string | undefined;
}

/** What people of the panel read in Telegram of their accounts, as HTML; in Spanish, as all of the panel is. */
export const accountTexts = {
  newLogin: ({ account, when, address, device, panelUrl }: ToldLogin) =>
    `🔐 <b>Entrada en el panel</b>\n` +
    `Alguien ha entrado con la cuenta «${escapeHtml(account)}» desde un lugar o un dispositivo nuevo.\n\n` +
    `Cuándo: ${escapeHtml(when)}\n` +
    `Desde: ${escapeHtml(address)}\n` +
    `Dispositivo: ${escapeHtml(deviceName(device))}\n\n` +
    'Si has sido tú, no hagas nada. Si no has sido tú, cierra todas las sesiones con el botón y después ' +
    `${changePassword(panelUrl)}: quien ha entrado la conoce.`,
  endSessionsButton: 'No he sido yo: cerrar sesiones',
  sessionsEnded: (account: string, panelUrl: string | undefined) =>
    `🔒 He cerrado todas las sesiones de la cuenta «${escapeHtml(account)}».\n\n` +
    `Ahora ${changePassword(panelUrl)}. Si no puedes entrar, pide a otro administrador que te ponga una nueva.`,
  sessionsEndedShort: 'Sesiones cerradas',
  notLinked: 'Este Telegram ya no está vinculado a esa cuenta: entra en el panel para cerrar sus sesiones.',
  linked: (account: string) =>
    `✅ Este Telegram queda vinculado a la cuenta «${escapeHtml(account)}» del panel. Te avisaré aquí cuando alguien ` +
    'entre con ella desde un lugar o un dispositivo nuevo.\n\nPuedes desvincularlo en el panel, en «Cuenta».',
  invited: (account: string, tpvs: readonly string[]) =>
    `✅ Este Telegram queda vinculado a la cuenta «${escapeHtml(account)}» del panel, ` +
    `${tpvs.length === 1 ? 'responsable de' : 'responsable de estos locales:'} ${escapeHtml(listed(tpvs))}.\n\n` +
    'Te avisaré aquí si su TPV falla, y de cada entrada desde un lugar o un dispositivo nuevo. ' +
    'Para entrar en el panel, escríbeme /panel cuando quieras.',
  panelLogin:
    '🔑 Pulsa para entrar en el panel. El enlace es solo para ti: sirve una vez y caduca a los 5 minutos; escribe /panel ' +
    'cuando necesites otro.',
  enter: 'Entrar en el panel',
  enterAs: (account: string) => `Entrar como «${account}»`,
  panelByPassword: (url: string) =>
    `🔑 El panel está en <a href="${escapeHtml(url)}">esta dirección</a>. Tu cuenta entra con su contraseña.`,
  panelNowhere: '⚠️ No sé en qué dirección está el panel: pide a quien administra el hub que la configure (PUBLIC_URL).',
  linkUnknown:
    '⚠️ Este enlace ya no vale: sirve una sola vez, y caduca. Crea otro en el panel, en «Cuenta», o pide otra invitación a ' +
    'quien administra el hub.',
  unlinked: (account: string) =>
    `ℹ️ Este Telegram ya no recibe avisos de la cuenta «${escapeHtml(account)}» del panel. Si no lo has pedido tú, ` +
    'entra en el panel y cambia la contraseña.',
} as const;

function listed(names: readonly string[]): string {
  return new Intl.ListFormat('es').format(names.map((name) => `«${name}»`));
}

function changePassword(panelUrl: string | undefined): string {
  const panel = panelUrl === undefined ? 'el panel' : `<a href="${escapeHtml(panelUrl)}">el panel</a>`;
  return `cambia la contraseña en ${panel}`;
}

function deviceName({ browser, system }: Device): string {
  if (browser === '') return 'desconocido';
  return system === '' ? browser : `${browser} en ${system}`;
}
