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
export async function keepFiles(
  tx: Tx,
  instructionId: string,
  attachments: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  for (const attachment of attachments) {
    const { file_id: fileId, file_name: name, mime_type: type } = attachment;
    if (typeof fileId !== 'string') continue;
    await tx.run(keepFile, { fileId: storable(fileId), instructionId, name: textOf(name), type: textOf(type) });
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? storable(value) : null;
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
