import type { InstructionStatus } from '#protocol';
import type { PushKind } from '../db/push-tables.ts';
import type { TpvState } from '../tpvs/tpv-list.ts';
import type { PushSummary } from './schemas/pushes.ts';

/** What the panel's pages call the same (panel/words/), as a spreadsheet's reader knows it from there. */
export const CSV_WORDS = {
  instruction: {
    pending: 'En espera',
    sent: 'En camino',
    delivered: 'Entregado',
    processing: 'En curso',
    completed: 'Atendido',
    failed: 'Fallido',
  } satisfies Record<InstructionStatus, string>,
  push: {
    pending: 'En cola',
    sent: 'Enviado',
    failed: 'Fallido',
    unknown: 'Sin confirmar',
  } satisfies Record<PushSummary['status'], string>,
  kind: {
    text: 'Texto',
    photo: 'Foto',
    document: 'Documento',
    location: 'Ubicación',
  } satisfies Record<PushKind, string>,
  tpv: { awaiting: 'Por aprobar', active: 'Activo', inactive: 'Inactivo' } satisfies Record<TpvState, string>,
  yes: 'Sí',
  no: 'No',
} as const;
