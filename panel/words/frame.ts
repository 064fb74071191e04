/** What stands around every page. */
export const frameWords = {
  product: 'ValleTPV Hub',
  skip: 'Saltar al contenido',
  navigation: 'Principal',
  more: 'Más',
  menu: 'Todas las páginas',
  sections: {
    overview: 'Resumen',
    inbox: 'Conversaciones',
    tpvs: 'TPV',
    users: 'Personas',
    instructions: 'Instrucciones',
    pushes: 'Mensajes',
    quarantine: 'Cuarentena',
    audit: 'Auditoría',
    settings: 'Ajustes',
    webhook: 'Webhook',
    account: 'Cuenta',
  },
  pending: (count: string) => `${count} por atender`,
  connecting: 'Conectando…',
  connected: 'En directo',
  lost: 'Conexión perdida, reintentando…',
  theme: { auto: 'Tema: según el dispositivo', light: 'Tema: claro', dark: 'Tema: oscuro' },
  viewer:
    'Solo lectura: con este perfil puedes verlo todo, pero no cambiar nada. Un administrador puede cambiarlo en «Cuenta».',
  loading: 'Cargando…',
} as const;
