import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import { HubError } from '../../errors.ts';
import { instructionIdOf } from '../../instructions/instruction.ts';
import { attachment } from '../../push/attachment.ts';
import { fileName, typeOfFile } from '../../push/file-name.ts';
import { fileIdOf, uploadOf } from '../../push/message.ts';
import { pushById } from '../../push/push-store.ts';
import type { UploadStore } from '../../push/uploads.ts';
import { adminInstructionParams } from '../schemas/instructions.ts';
import { pushParams } from '../schemas/pushes.ts';

export interface AdminFileOptions {
  db: Database;
  /** Files that wait to be sent. */
  uploads: Pick<UploadStore, 'has' | 'read'>;
  /**
   * Opens a file by Telegram's id.
   * @param signal aborted when the browser goes away
   * @throws HubError `not_found`, `payload_too_large`, `telegram_error`
   */
  openFile(
    fileId: string,
    range: undefined,
    signal: AbortSignal,
  ): Promise<{ headers: Readonly<Record<string, string>>; body: Readable; name: string }>;
}

const fileOfInstruction = statement<{ fileId: string; instructionId: string }>()((db, p) =>
  db
    .selectFrom('instruction_files')
    .select(['file_name', 'mime_type'])
    .where('file_id', '=', p('fileId'))
    .where('instruction_id', '=', p('instructionId')),
);

/** Telegram's ids are base64url. */
const fileParams = z.object({ ...adminInstructionParams.shape, file_id: z.string().regex(/^[\w-]{1,250}$/) });
const BYTES = { 'application/octet-stream': { schema: z.unknown().meta({ type: 'string', format: 'binary' }) } };

/**
 * Files that people sent, or were sent, for who reads the conversation; always as a download, which an image on a page
 * shows too.
 */
export async function adminFileRoutes(instance: FastifyInstance, options: AdminFileOptions): Promise<void> {
  const { db, uploads, openFile } = options;
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/admin/instructions/:id/files/:file_id',
    {
      // fastify would answer HEAD by fetching the whole file.
      exposeHeadRoute: false,
      // A browser asks for the pictures of a page by itself.
      config: { right: 'see', reach: 'instruction', unattended: true },
      schema: {
        summary: 'Un fichero que envió una persona, hasta 20 MB',
        params: fileParams,
        response: { 200: { description: 'El fichero', content: BYTES } },
      },
    },
    async (request, reply) => {
      const { id, file_id: fileId } = request.params;
      const [known] = await db.query(fileOfInstruction, { fileId, instructionId: instructionIdOf(id) });
      if (known === undefined) throw new HubError('not_found', 'No such file in this instruction.');
      const { headers, body, name } = await openFile(fileId, undefined, goneSignal(request));
      const type = typeOfFile(known.mime_type, name);
      return sendFile(reply.headers(headers), body, { type, name: fileName(known.file_name ?? undefined, name) });
    },
  );

  app.get(
    '/api/admin/pushes/:id/file',
    {
      exposeHeadRoute: false,
      config: { right: 'see', reach: 'push', unattended: true },
      schema: {
        summary: 'El fichero de un mensaje a una persona, hasta 20 MB',
        params: pushParams,
        response: { 200: { description: 'El fichero', content: BYTES } },
      },
    },
    async (request, reply) => {
      const [push] = await db.query(pushById, { id: request.params.id });
      const fileId = push && fileIdOf(push);
      const upload = push && uploadOf(push);
      if (fileId !== undefined) {
        const { headers, body, name } = await openFile(fileId, undefined, goneSignal(request));
        const type = typeOfFile(upload?.mimeType ?? null, name);
        return sendFile(reply.headers(headers), body, { type, name: fileName(upload?.name, name) });
      }
      if (upload === undefined || !(await uploads.has(upload))) {
        throw new HubError('not_found', 'The hub has no file of this message.');
      }
      const file = { type: upload.mimeType, name: fileName(upload.name, 'file') };
      return sendFile(reply, Readable.from(uploads.read(upload)), file);
    },
  );
}

function goneSignal({ socket, signal }: FastifyRequest): AbortSignal {
  return socket.destroyed ? AbortSignal.abort() : signal;
}

function sendFile(reply: FastifyReply, body: Readable, { type, name }: { type: string; name: string }): FastifyReply {
  return reply
    .header('cache-control', 'private, no-store')
    .type(type)
    .header('content-disposition', attachment(name))
    .send(body);
}
