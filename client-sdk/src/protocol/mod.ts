export {
  CloseCode,
  DEFAULT_MAX_IN_FLIGHT,
  KEY_SUBPROTOCOL_PREFIX,
  LARGEST_MAX_IN_FLIGHT,
  MAX_FRAME_BYTES,
  MAX_RESPONSE_BYTES,
  mayReconnect,
  SUBPROTOCOL,
} from './codes.ts';
export {
  type FlowFrame,
  flowFrameSchema,
  type HubFrame,
  type HubFrameOf,
  hubFrameSchema,
  refSchema,
  reportFields,
  TPV_FRAME_TYPES,
  type TpvFrame,
  tpvFrameSchema,
  type UpdateFrame,
  updateFrameSchema,
} from './frames.ts';
export {
  INSTRUCTION_STATUSES,
  type Instruction,
  type InstructionStatus,
  instructionSchema,
  REPORTABLE_STATUSES,
  type ReportableStatus,
  telegramId,
} from './instruction.ts';
