export { type CloseOptions, HubClient, type StatusListener } from './client.ts';
export { type Cancel, type Clock, systemClock } from './clock.ts';
export type { BackoffOptions } from './connection/backoff.ts';
export { HUB_CLIENT_ERRORS, HubClientError, type HubClientErrorCode, type HubClientErrorOptions } from './errors.ts';
export type { InstructionContext, InstructionHandler } from './handlers.ts';
export { type Logger, silentLogger } from './logger.ts';
export type { HubClientOptions } from './options.ts';
export {
  CloseCode,
  type HubFrame,
  type Instruction,
  type InstructionStatus,
  type ReportableStatus,
  type TpvFrame,
} from './protocol/mod.ts';
export { HubApi, type HubApiOptions, type RegistrationOptions, registerTpv } from './rest/api.ts';
export type { RegisteredTpv, TpvInfo, TpvRegistration, TpvStats } from './rest/tpv.ts';
export type { ClientStatus } from './status.ts';
export type { MemoryLimits } from './work/memory.ts';
