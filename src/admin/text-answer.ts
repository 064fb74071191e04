import { z } from 'zod';

/** What the documentation says of an answer that the hub writes by itself, by no schema. */
export function textAnswer(type: string, description: string, schema: z.ZodType = z.string()) {
  return { 200: { description, content: { [type]: { schema } } } };
}
