/** What the way into the panel says. */
export const loginWords = {
  title: 'Entrar',
  lead: 'Panel de administración',
  name: 'Nombre',
  password: 'Contraseña',
  code: 'Código de verificación',
  codeHint: 'El de 6 cifras de tu aplicación, o un código de recuperación.',
  wrong: 'El nombre o la contraseña no son correctos.',
  wrongCode: 'El código no es correcto: espera al siguiente e inténtalo de nuevo.',
  tooMany: (wait: string) => `Demasiados intentos: espera ${wait} y vuelve a probar.`,
  byBot: {
    title: 'Entrar en el panel',
    used: 'Este enlace ya no vale',
    usedHint: 'Sirve una sola vez y caduca a los 5 minutos. Escribe /panel al bot y te dará otro.',
    byPassword: 'Entrar con contraseña',
    hint: 'Si eres responsable de un local y entras por Telegram, escribe /panel al bot: te dará un enlace.',
  },
  expired: 'La sesión ha terminado',
  expiredLead: 'Vuelve a entrar para seguir donde estabas; lo que hayas escrito en esta página no se pierde.',
  other: 'Usar otra cuenta',
  noAccount: 'Todavía no hay ninguna cuenta',
  noAccountHint:
    'Abre el enlace de configuración que el hub escribió en su registro al arrancar, o ejecuta «npx valletpv-hub admin create».',
} as const;
