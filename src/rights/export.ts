import type { Database } from '../db/open.ts';
import { enqueue, hubSentence } from '../push/enqueue.ts';
import type { UploadStore } from '../push/uploads.ts';
import { waysOfUser } from '../users/user.ts';
import { personDocument } from './person-document.ts';
import type { PrivacyTexts } from './privacy-buttons.ts';
import { endExport, type OpenRequest, openRequest } from './request-store.ts';

export interface ExportPorts {
  db: Database;
  uploads: Pick<UploadStore, 'save' | 'remove'>;
  textsOf(languageCode: string): Pick<PrivacyTexts, 'exported' | 'exportedPart'>;
  /** Bytes of the document; absent: as many as Telegram carries. */
  mostBytes?: number;
}

/** Telegram carries 50 MB, and some of it is around the document. */
const MOST_BYTES = 45_000_000;

/** Writes the document of one request, and sends it as the hub's own; a process that dies in it begins it anew. */
export async function goOnExporting(ports: ExportPorts, request: OpenRequest, now: number): Promise<void> {
  const { db, uploads, textsOf, mostBytes = MOST_BYTES } = ports;
  const { id, telegram_id: telegramId, language_code: languageCode } = request;
  let leftOut: number | undefined;
  const onLeftOut = (newest: number) => {
    leftOut = Math.max(newest, leftOut ?? 0);
  };
  const document = personDocument(db, telegramId, { mostBytes, onLeftOut, now });
  const { file, bytes } = await uploads.save(document, {
    part: 'document',
    name: 'mis-datos.json',
    mimeType: 'application/json',
    limitBytes: 2 * mostBytes,
  });
  const { exported, exportedPart } = textsOf(languageCode);
  const text = leftOut === undefined ? exported : exportedPart(leftOut);
  const isSent = await db.transact(async (tx) => {
    // Erased meanwhile, the person is sent nothing of it.
    if ((await tx.run(openRequest, { id })).length === 0) return false;
    const [ways] = await tx.run(waysOfUser, { telegramId });
    const asSentence = hubSentence(telegramId, text, { topic: ways?.topic_id });
    await enqueue(tx, { ...asSentence, kind: 'document', data: { file }, uploadBytes: bytes }, now);
    await tx.run(endExport, { id, now });
    return true;
  });
  if (!isSent) await uploads.remove(file);
}
