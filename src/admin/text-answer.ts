import { z } from 'zod';

/** Describes for the documentation an answer that is text or a file: no schema writes it. */
export function textAnswer(type: string, description: string, schema: z.ZodType = z.string()) {
  return { 200: { description, content: { [type]: { schema } } } };
}
