/** What the overview says until a new hub works. */
export const firstStepsWords = {
  title: 'Primeros pasos',
  lead: 'Cuatro pasos y el hub estará atendiendo. Cada uno se marca solo cuando está hecho.',
  hide: 'Ocultar los primeros pasos',
  done: 'Hecho',
  bot: {
    title: 'Escribe a tu bot',
    text: 'Ábrelo en Telegram y envíale cualquier cosa: así ves lo que leerán los clientes.',
    qr: (name: string) => `Código QR para abrir @${name} en Telegram`,
    copy: 'el enlace del bot',
    unknown: 'El nombre del bot aparecerá cuando Telegram conteste. Comprueba que el hub llega a Telegram.',
    webhook: 'Ver la conexión con Telegram',
  },
  tpv: {
    title: 'Conecta un TPV',
    text: 'Crea un TPV para obtener su clave y pon estas tres líneas en su programa. En los registros del local se ve si conecta.',
    create: 'Nuevo TPV',
  },
  order: {
    title: 'Haz un pedido de prueba',
    text: 'En la página del TPV, «Pedido de prueba» muestra paso a paso qué hace con lo que escribiría un cliente. No le llega a nadie.',
    go: 'Ir a los TPV',
  },
  invite: {
    title: 'Invita al local',
    text: 'En «Cuenta», añade una cuenta con el perfil «Responsable» y pásale la invitación a quien lo lleva: verá y atenderá sus conversaciones, y solo las suyas.',
    go: 'Invitar a un local',
  },
} as const;

/** What stands around the lines that connect a TPV. */
export const connectWords = {
  label: 'Lenguaje del TPV',
  copy: 'las líneas',
  key: 'CLAVE_DEL_TPV',
  title: 'Conéctalo con tres líneas',
} as const;
