import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { attachment } from '../push/attachment.ts';
import { fileName, typeOfFile } from '../push/file-name.ts';
import { type AuthPorts, requireTpv, tpvOf } from './auth.ts';
import { errorResponses } from './error-answers.ts';
import { goneSignal } from './gone.ts';
import { TPV_SECURITY } from './schemas.ts';

/** A file on its way from Telegram. */
export interface OpenedFile {
  /** 416: the range lies outside the file; `body` says nothing. */
  status: 200 | 206 | 416;
  /** Those that tell how much of the file comes; nothing else of what Telegram said. */
  headers: Partial<Record<'content-length' | 'content-range' | 'accept-ranges' | 'last-modified', string>>;
  body: Readable;
  /** What Telegram calls it, such as `file_7.jpg`. */
  name: string;
}

/**
 * Opens a file by Telegram's id.
 * @param range of its bytes, as in the header `Range`
 * @param signal aborted when the client goes away
 * @throws HubError `not_found`, `payload_too_large`, `telegram_error`
 */
export type OpenFile = (fileId: string, range: string | undefined, signal: AbortSignal) => Promise<OpenedFile>;

export interface FileRoutesOptions {
  db: Database;
  auth: AuthPorts;
  openFile: OpenFile;
}

/** What came in an instruction of this TPV; if it came more than once, the latest one gives its name. */
const fileOfTpv = statement<{ fileId: string; tpvId: string }>()((db, p) =>
  db
    .selectFrom('instruction_files')
    .innerJoin('instructions', 'instructions.id', 'instruction_files.instruction_id')
    .select(['instruction_files.file_name', 'instruction_files.mime_type'])
    .where('instruction_files.file_id', '=', p('fileId'))
    .where('instructions.tpv_id', '=', p('tpvId'))
    .orderBy('instructions.seq', 'desc')
    .limit(1),
);

/** Telegram's ids are base64url. */
const FILE_ID = /^[\w-]{1,250}$/;
/** One range; of several, the answer would be in parts, which no TPV asks for. */
const ONE_RANGE = /^bytes=(?:\d{1,12}-\d{0,12}|-\d{1,12})$/;

const BYTES = { 'application/octet-stream': { schema: z.unknown().meta({ type: 'string', format: 'binary' }) } };
const fileParams = z.object({ file_id: z.string().describe('Tal como vino en la instrucción') });

/** Files that people sent, for the TPV whose instruction they came in; the bot's token stays here (S3). */
export async function fileRoutes(instance: FastifyInstance, options: FileRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, auth, openFile } = options;

  app.get(
    '/api/tpv/files/:file_id',
    {
      onRequest: requireTpv(auth, { inactive: false }),
      // fastify would answer HEAD by fetching the whole file.
      exposeHeadRoute: false,
      schema: {
        tags: ['Ficheros'],
        security: TPV_SECURITY,
        summary: 'Un fichero que envió un usuario del TPV, hasta 20 MB; admite Range',
        params: fileParams,
        response: {
          200: { description: 'El fichero', content: BYTES },
          206: { description: 'La parte que pide Range', content: BYTES },
          416: { description: 'El rango queda fuera del fichero', content: BYTES },
          ...errorResponses('unauthorized', 'tpv_inactive', 'not_found', 'payload_too_large', 'telegram_error'),
        },
      },
    },
    async (request, reply) => {
      const fileId = request.params.file_id;
      const tpvId = tpvOf(request).id;
      const [known] = FILE_ID.test(fileId) ? await db.query(fileOfTpv, { fileId, tpvId }) : [];
      if (known === undefined) throw new HubError('not_found', 'No such file in an instruction of this TPV.');
      const { status, headers, body, name } = await openFile(fileId, rangeOf(request), goneSignal(request));
      reply.code(status).headers({ ...headers, 'cache-control': 'private, no-store' });
      if (status === 416) {
        body.resume();
        return reply.send(undefined);
      }
      return reply
        .type(typeOfFile(known.mime_type, name))
        .header('content-disposition', attachment(fileName(known.file_name ?? undefined, name)))
        .send(body);
    },
  );
}

/** A range that is not understood is ignored (RFC 9110), and so is one with a condition: the hub gives out no ETag. */
function rangeOf({ headers: { range, ...others } }: FastifyRequest): string | undefined {
  return range !== undefined && others['if-range'] === undefined && ONE_RANGE.test(range) ? range : undefined;
}
