import { z } from 'zod';
import type { InstructionRow } from './instruction.ts';

/** What of a payload says the most to a reader; whatever else it holds is left aside. */
const telling = z.object({
  text: z.string().catch(''),
  action: z.string().catch(''),
  attachments: z.array(z.object({ kind: z.string(), file_name: z.string().optional().catch(undefined) })).catch([]),
});

/** What the person wrote; where that is nothing, what they attached or pressed. */
export function excerptOf({ payload }: Pick<InstructionRow, 'payload'>): string {
  const read = telling.safeParse(JSON.parse(payload));
  if (!read.success) return '';
  const { text, action, attachments } = read.data;
  return text || action || attachments.map(({ kind, file_name: name }) => name ?? kind).join(', ');
}
