import * as fc from 'fast-check';
import { z } from 'zod';
import { tpvFrameSchema } from '#protocol';
import { anyJson, type JsonSchema, nearly, spoiltText } from './values.ts';

/** Frames of a TPV: nearly right ones of each type, any JSON, no JSON, and bytes. */
export function framesOf(known: fc.Arbitrary<unknown>): fc.Arbitrary<string | Buffer> {
  // Zod's schema of a schema is wider than what is read here.
  const described = nearly(z.toJSONSchema(tpvFrameSchema, { io: 'input' }) as JsonSchema, known);
  return fc.oneof(
    { weight: 12, arbitrary: spoiltText(described) },
    { weight: 2, arbitrary: spoiltText(anyJson) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
  );
}
