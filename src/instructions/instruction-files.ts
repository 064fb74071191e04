import { parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import { statement } from '../db/statement.ts';

const keepFile = statement<{ fileId: string; instructionId: string; name: string | null; type: string | null }>()(
  (db, p) =>
    db
      .insertInto('instruction_files')
      .values({
        file_id: p('fileId'),
        instruction_id: p('instructionId'),
        file_name: p('name'),
        mime_type: p('type'),
      })
      .onConflict((c) => c.columns(['file_id', 'instruction_id']).doNothing()),
);

/** Remembers which files came with an instruction, so that its TPV, and no other, can fetch them. */
export async function keepFiles(tx: Tx, instructionId: string, attachments: readonly Attachment[]): Promise<void> {
  for (const attachment of filesOf(attachments)) {
    const { file_id: fileId, file_name: name, mime_type: type } = attachment;
    if (typeof fileId !== 'string') continue;
    await tx.run(keepFile, { fileId: storable(fileId), instructionId, name: textOf(name), type: textOf(type) });
  }
}

type Attachment = Readonly<Record<string, unknown>>;

/** Attachments, and what those hold that hold several. */
function filesOf(attachments: readonly Attachment[]): Attachment[] {
  return attachments.flatMap((one) => [one, ...(Array.isArray(one.media) ? (one.media as Attachment[]) : [])]);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? storable(value) : null;
}

/** The latest instruction of a TPV that a file came with. */
const instructionOfFile = statement<{ fileId: string; tpvId: string }>()((db, p) =>
  db
    .selectFrom('instruction_files')
    .innerJoin('instructions', 'instructions.id', 'instruction_files.instruction_id')
    .select('instructions.payload')
    .where('instruction_files.file_id', '=', p('fileId'))
    .where('instructions.tpv_id', '=', p('tpvId'))
    .orderBy('instructions.seq', 'desc')
    .limit(1),
);

/** What a file was that came in an instruction of this TPV (`photo`, `voice`); undefined: none did. */
export async function kindOfFile(tx: Tx, tpvId: string, fileId: string): Promise<string | undefined> {
  const [row] = await tx.run(instructionOfFile, { tpvId, fileId });
  if (row === undefined) return undefined;
  return filesIn(parseJson(row.payload).attachments).find((file) => file.fileId === fileId)?.kind;
}

/** A file of an instruction, as its payload tells of it. */
export interface InstructionFile {
  fileId: string;
  /** `photo`, `voice` and the like. */
  kind: string;
  name: string | null;
}

/** The files that came with an instruction. */
export function filesIn(attachments: unknown): InstructionFile[] {
  // The hub wrote them itself: a list of objects (src/telegram/inbound/payload.ts).
  return filesOf(Array.isArray(attachments) ? attachments : []).flatMap((file) =>
    typeof file.file_id === 'string'
      ? [{ fileId: file.file_id, kind: textOf(file.kind) ?? '', name: textOf(file.file_name) }]
      : [],
  );
}

/** A copy of an instruction carries the same files. */
export const copyFiles = statement<{ from: string; to: string }>()((db, p) =>
  db
    .insertInto('instruction_files')
    .columns(['file_id', 'instruction_id', 'file_name', 'mime_type'])
    .expression((eb) =>
      eb
        .selectFrom('instruction_files')
        .select(['file_id', eb.cast<string>(p('to'), 'text').as('instruction_id'), 'file_name', 'mime_type'])
        .where('instruction_id', '=', p('from')),
    ),
);
