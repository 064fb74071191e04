import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import { HubError } from '../../errors.ts';
import { instructionIdOf } from '../../instructions/instruction.ts';
import { attachment } from '../../push/attachment.ts';
import { fileName, typeOfFile } from '../../push/file-name.ts';
import { adminInstructionParams } from '../schemas/instructions.ts';

export interface AdminFileOptions {
  db: Database;
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

/** Files that people sent, for who reads the conversation; always as a download, which an image on a page shows too. */
export async function adminFileRoutes(instance: FastifyInstance, { db, openFile }: AdminFileOptions): Promise<void> {
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
      const { socket, signal } = request;
      const gone = socket.destroyed ? AbortSignal.abort() : signal;
      const { headers, body, name } = await openFile(fileId, undefined, gone);
      return reply
        .headers({ ...headers, 'cache-control': 'private, no-store' })
        .type(typeOfFile(known.mime_type, name))
        .header('content-disposition', attachment(fileName(known.file_name ?? undefined, name)))
        .send(body);
    },
  );
}
