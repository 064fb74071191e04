export { HubApi } from './api/api.ts';
export type { ByteRange, DownloadOptions, FileContent, FileSource, HubFile } from './api/file.ts';
export type { CallOptions, HubApiOptions, PushCallOptions } from './api/options.ts';
export {
  type Button,
  type ButtonStyle,
  type DocumentPush,
  type Key,
  type LocationPush,
  type ParseMode,
  type PhotoPush,
  type PushEdit,
  type Pusher,
  type PushMessage,
  type PushOptions,
  PushRefusedError,
  type PushResult,
  type PushState,
  type PushStatus,
  type ReceivedFile,
  type TextPush,
} from './api/push.ts';
export { type RegistrationOptions, registerTpv } from './api/register.ts';
export type { Hours, Service, ServiceChange, Timetable } from './api/service.ts';
export type {
  Heartbeat,
  RegisteredTpv,
  RotatedKey,
  RotatedSecret,
  TpvInfo,
  TpvRegistration,
  TpvStats,
} from './api/tpv.ts';
export type { TelegramUser, UsersPage, UsersQuery } from './api/user.ts';
export { type ReceivedCall, type VerifyOptions, verifyCall } from './api/verify-call.ts';
export type { BackoffOptions } from './backoff.ts';
export { HubClient } from './client.ts';
export { type Cancel, type Clock, systemClock } from './clock.ts';
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
export { type FileMemoryOptions, fileMemory } from './memory/file-memory.ts';
export { inMemory } from './memory/in-memory.ts';
export type { Begun, Memory, MemoryLimits, Outcome } from './memory/memory.ts';
export { type CloseOptions, type ConnectOptions, type HubClientOptions, type Logger, silentLogger } from './options.ts';
export type {} from './platform.ts';
export { CloseCode } from './protocol/codes.ts';
export type { InstructionStatus, ReportableStatus } from './protocol/lifecycle.ts';
export type { ClientStatus, OnlineStatus, StatusListener, Transport } from './status.ts';
export type {
  Attachment,
  CallbackPayload,
  CommandName,
  Commands,
  InstructionOf,
  MessagePayload,
} from './wire/commands.ts';
export type { FlowFrame, FrameError, HubFrame, HubFrameOf, TpvFrame, UpdateFrame } from './wire/frames.ts';
export type { Instruction } from './wire/instruction.ts';
export type { ServiceNow } from './wire/service.ts';
export { Answer, type AnswerOptions, answer } from './work/answer.ts';
export type { Counters } from './work/counters.ts';
export type { HandlerOf, InstructionContext, InstructionHandler, ReplyOptions } from './work/handlers.ts';
