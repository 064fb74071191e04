import { ERRORS, type ErrorCode } from '#protocol';
import { EXAMPLES } from './examples.ts';
import { panelTagOf, TAGS, type Tag } from './tags.ts';

/** What is added to of an operation; the rest stays as it is. */
interface Operation {
  operationId?: string;
  tags?: string[];
  security?: object[];
  requestBody?: { content?: Record<string, { example?: unknown }> };
  responses?: Record<string, unknown>;
}

/** What is added to of an OpenAPI document. */
export interface ApiDocument {
  paths?: Record<string, Record<string, Operation>>;
  tags?: Tag[];
  components?: { schemas?: Record<string, unknown> };
}

/** What single routes of the panel and of the webhook refuse besides what all of them do. */
export const REFUSALS: Readonly<Record<string, readonly ErrorCode[]>> = {
  postAdminLogin: ['invalid_request', 'unauthorized', 'forbidden', 'too_many_requests', 'unavailable'],
  postAdminLoginBot: ['invalid_request', 'unauthorized', 'forbidden', 'too_many_requests'],
  postAdminSetup: ['invalid_request', 'forbidden', 'too_many_requests', 'unavailable'],
  putAdminAccountPassword: ['too_many_requests', 'unavailable'],
  postAdminAccountTotp: ['conflict', 'too_many_requests', 'unavailable'],
  postAdminAccountTotpConfirm: ['conflict', 'too_many_requests'],
  deleteAdminAccountTotp: ['conflict', 'too_many_requests', 'unavailable'],
  postAdminAccountProof: ['too_many_requests', 'unavailable'],
  postAdminAccountTelegram: ['unavailable'],
  postAdminAccounts: ['conflict', 'unavailable'],
  postAdminAccountsByIdInvitation: ['conflict', 'unavailable'],
  patchAdminAccountsById: ['conflict'],
  deleteAdminAccountsById: ['conflict'],
  putAdminAccountsByIdPassword: ['unavailable'],
  getAdminTpvsByIdJoinQrSvg: ['unavailable'],
  getAdminEvents: ['too_many_requests', 'unavailable'],
  postAdminInstructionsByIdRetry: ['invalid_transition'],
  postAdminInstructionsByIdCancel: ['invalid_transition'],
  postAdminInstructionsByIdReassign: ['invalid_transition'],
  getAdminInstructionsByIdFilesByFileId: ['payload_too_large', 'telegram_error'],
  postAdminPushesByIdResend: ['invalid_transition'],
  postAdminPushesByIdResolve: ['invalid_transition'],
  postAdminMaintenance: ['not_found', 'conflict'],
  postAdminWebhook: ['conflict', 'telegram_error'],
  deleteAdminWebhook: ['telegram_error'],
  getAdminWebhook: ['telegram_error'],
  postWebhookSetup: ['invalid_request', 'unauthorized', 'forbidden', 'telegram_error'],
  getWebhookInfo: ['forbidden', 'telegram_error'],
  getInfo: ['forbidden', 'telegram_error'],
};

const ERROR = {
  description: 'Default Response',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

/**
 * Adds to a document what follows from its paths: to each operation a name by which generated clients call it, its part
 * of the documentation, an example of its body, and that it needs no secret where nothing is said of one.
 */
export function complete(document: ApiDocument): void {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) completeOperation(method, path, operation);
  }
  document.tags = [...TAGS];
  dropUnused(document);
}

function completeOperation(method: string, path: string, operation: Operation): void {
  operation.operationId = operationIdOf(method, path);
  operation.security ??= [];
  const tag = panelTagOf(path);
  if (tag !== undefined) operation.tags = [tag];
  for (const code of REFUSALS[operation.operationId] ?? []) {
    operation.responses = { ...operation.responses, [ERRORS[code].status]: ERROR };
  }
  const example = EXAMPLES[operation.operationId];
  const body = operation.requestBody?.content?.['application/json'];
  if (example !== undefined && body !== undefined) body.example = example;
}

/** The plugin describes each shared schema twice, as it comes in and as it goes out; some only go out. */
function dropUnused({ paths, components }: ApiDocument): void {
  const schemas = components?.schemas ?? {};
  for (const name of Object.keys(schemas)) {
    if (!JSON.stringify([paths, schemas]).includes(`"#/components/schemas/${name}"`)) delete schemas[name];
  }
}

/** `get /api/tpv/instructions/{id}` is `getTpvInstructionsById`. */
export function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/api\//, '/')
    .replaceAll(/\{(\w+)\}/g, 'by_$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
