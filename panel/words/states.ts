/** How states are called, wherever they stand. */
export const tpvStates = {
  awaiting: 'Por aprobar',
  active: 'Activo',
  inactive: 'Inactivo',
} as const;

export const presence = { online: 'En línea', offline: 'Sin conexión' } as const;

export const transports = { socket: 'WebSocket', poll: 'Consulta' } as const;

export const instructionStates = {
  pending: 'Pendiente',
  sent: 'Enviada',
  delivered: 'Entregada',
  processing: 'En curso',
  completed: 'Completada',
  failed: 'Fallida',
} as const;

export const pushStates = {
  pending: 'En cola',
  sending: 'Enviándose',
  sent: 'Enviado',
  failed: 'Fallido',
  unknown: 'Sin confirmar',
} as const;

export const roles = { admin: 'Administra', viewer: 'Solo lectura', manager: 'Responsable' } as const;
