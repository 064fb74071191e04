export { type CallOptions, HubApi, type HubApiOptions, type PushCallOptions } from './api/api.ts';
export type { Button } from './api/button.ts';
export type { FileContent, FileSource } from './api/file-source.ts';
export type { ByteRange, DownloadOptions, HubFile } from './api/hub-file.ts';
export type {
  DocumentPush,
  LocationPush,
  ParseMode,
  PhotoPush,
  PushEdit,
  PushMessage,
  PushOptions,
  PushResult,
  PushState,
  PushStatus,
  TextPush,
} from './api/push.ts';
export { PushRefusedError } from './api/push-refused.ts';
export { type RegistrationOptions, registerTpv } from './api/register.ts';
export type { Heartbeat, RegisteredTpv, RotatedKey, TpvInfo, TpvRegistration, TpvStats } from './api/tpv.ts';
export type { TelegramUser, UsersPage, UsersQuery } from './api/user.ts';
export { type CloseOptions, type ConnectOptions, HubClient, type StatusListener } from './client.ts';
export { type Cancel, type Clock, systemClock } from './clock.ts';
export type {
  Attachment,
  CallbackPayload,
  CommandName,
  Commands,
  InstructionOf,
  MessagePayload,
} from './commands.ts';
export type { BackoffOptions } from './connection/backoff.ts';
export type { Counters } from './counters.ts';
export {
  ConfigurationError,
  HandlerError,
  HUB_CLIENT_ERRORS,
  HubClientError,
  type HubClientErrorCode,
  type HubClientErrorOptions,
  HubUnavailableError,
  ProtocolError,
  RequestError,
} from './errors.ts';
export type { HandlerOf, InstructionContext, InstructionHandler, ReplyOptions } from './handlers.ts';
export { type Logger, silentLogger } from './logger.ts';
export { type FileMemoryOptions, fileMemory } from './memory/file-memory.ts';
export { inMemory } from './memory/in-memory.ts';
export type { Begun, Memory, MemoryLimits, Outcome } from './memory/memory.ts';
export type { HubClientOptions } from './options.ts';
export { CloseCode } from './protocol/codes.ts';
export type { ClientStatus, OnlineStatus, Transport } from './status.ts';
export type { FlowFrame, FrameError, HubFrame, HubFrameOf, TpvFrame, UpdateFrame } from './wire/frames.ts';
export type { Instruction, InstructionStatus, ReportableStatus } from './wire/instruction.ts';
export type { Pusher } from './work/job.ts';
