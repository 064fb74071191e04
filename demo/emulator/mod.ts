/** A Telegram Bot API on this machine, for the demo, the tests, the chaos programs and the benchmark. */

export type { Call, Outcome } from './call.ts';
export type { Choice } from './choice.ts';
export { type Emulator, type EmulatorOptions, type PersonProfile, startEmulator } from './emulator.ts';
export type { EmulatorEvent } from './feed.ts';
export { type Line, type LineState, openLine } from './line.ts';
export type { CallbackQuery, Chat, InlineButton, Message, Update, UpdateContent, User } from './message.ts';
export type { Params } from './params.ts';
export type { FileToSend, Person, Press } from './person.ts';
export type { PostAnswer } from './post.ts';
export type { FailRule, Fault } from './rules.ts';
export type { WebhookConfig } from './webhook.ts';
