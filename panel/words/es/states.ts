/** How states are called, wherever they stand. */
export const tpvStates = {
  awaiting: 'Por aprobar',
  active: 'Activo',
  inactive: 'Inactivo',
} as const;

export const presence = { online: 'En línea', offline: 'Sin conexión' } as const;

export const transports = { socket: 'WebSocket', poll: 'Consulta' } as const;

export const instructionStates = {
  pending: 'En espera',
  sent: 'En camino',
  delivered: 'Entregado',
  processing: 'En curso',
  completed: 'Atendido',
  failed: 'Fallido',
} as const;

/** What a TPV is asked for, by the command that carries it. */
export const commandNames: Readonly<Record<string, string>> = {
  process_message: 'Mensaje',
  process_edited_message: 'Mensaje corregido',
  process_callback: 'Pulsación',
  process_erasure: 'Borrado de datos',
  hub_test: 'Prueba de conexión',
};

export const pushStates = {
  pending: 'En cola',
  sending: 'Enviándose',
  sent: 'Enviado',
  failed: 'Fallido',
  unknown: 'Sin confirmar',
} as const;

export const roles = { admin: 'Administra', viewer: 'Solo lectura', manager: 'Responsable' } as const;
