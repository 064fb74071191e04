import type { RawData } from 'ws';
import { frameProblem, type HubFrame, isHubFrame } from '../wire/frames.ts';

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
  if (isHubFrame(value)) return { ok: true, frame: value };
  return { ok: false, problem: frameProblem(value) ?? 'unknown' };
}
