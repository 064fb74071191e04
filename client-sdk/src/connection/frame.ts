import type { RawData } from 'ws';
import { type HubFrame, hubFrameSchema } from '../protocol/mod.ts';

/** A frame from the hub, or why it is none. */
export type ReadFrame = { ok: true; frame: HubFrame } | { ok: false; problem: string };

/** Reads what came over the socket; never throws, and never repeats the content, which is a person's. */
export function readFrame(data: RawData, isBinary: boolean): ReadFrame {
  if (isBinary) return { ok: false, problem: 'binary' };
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    return { ok: false, problem: 'not JSON' };
  }
  const parsed = hubFrameSchema.safeParse(value);
  if (parsed.success) return { ok: true, frame: parsed.data };
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { ok: false, problem: problems.join('; ') };
}
