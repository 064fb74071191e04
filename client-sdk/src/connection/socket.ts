import type { Duplex } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import type { Cancel } from '../clock.ts';
import { HubClientError } from '../errors.ts';
import { readRefusal, refusalError } from '../http/refusal.ts';
import { responseJson } from '../memory/json-outcome.ts';
import type { Settings } from '../options.ts';
import { CloseCode, MAX_FRAME_BYTES, SUBPROTOCOL } from '../protocol/codes.ts';
import { frameProblem, type HubFrame, type HubFrameOf, isHubFrame } from '../wire/frames.ts';
import type { Connection, ConnectionEvents, Outgoing, Session } from './connection.ts';
import type { Ending } from './ending.ts';

/** From the first packet to the hub's welcome. */
const WELCOME_TIMEOUT_MS = 10_000;

/** How long the hub may take to answer this side's close. */
const CLOSE_TIMEOUT_MS = 2_000;

/** More than this unsent means that nothing gets through; what is kept for later needs no second copy in a buffer. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** Dials the hub's WebSocket. All events come later, never before this returns. */
export function openSocket(settings: Settings, events: ConnectionEvents): Connection {
  const { clock, logger } = settings;
  const socket = new WebSocket(settings.socketUrl, SUBPROTOCOL, {
    headers: { authorization: `ApiKey ${settings.apiKey}` },
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  let phase: 'dialing' | 'welcomed' | 'closing' | 'ended' = 'dialing';
  let silenceLimitMs = WELCOME_TIMEOUT_MS;
  let heardAt = clock.now();
  let lastError: Error | undefined;
  let cancelSilence: Cancel = clock.after(silenceLimitMs, checkSilence);
  let unsent: Outgoing[] = [];
  let stream: Duplex | undefined;

  function end(ending: Ending): void {
    if (phase === 'ended') return;
    const told = phase === 'closing';
    phase = 'ended';
    cancelSilence();
    socket.terminate();
    if (!told) events.ended(ending);
  }

  /** One timer for many frames: it looks when the last one came, and begins anew for what is left. */
  function checkSilence(): void {
    const leftMs = heardAt + silenceLimitMs - clock.now();
    if (leftMs >= 1) {
      cancelSilence = clock.after(leftMs, checkSilence);
      return;
    }
    const error =
      phase === 'dialing'
        ? new HubClientError('unreachable', { detail: `no welcome within ${WELCOME_TIMEOUT_MS} ms`, cause: lastError })
        : new HubClientError('heartbeat_timeout', { detail: `${silenceLimitMs} ms` });
    end({ kind: 'failed', error });
  }

  function heard(): void {
    // Before the welcome only the welcome counts: pings alone are no session.
    if (phase === 'welcomed') heardAt = clock.now();
  }

  /** What one turn of the event loop brought forth goes out at once: a write each would cost more than all the rest. */
  function flush(): void {
    const frames = unsent;
    unsent = [];
    if (socket.readyState !== WebSocket.OPEN) return;
    stream?.cork();
    for (const frame of frames) socket.send(textOf(frame));
    stream?.uncork();
  }

  socket.on('upgrade', (response) => {
    stream = response.socket;
  });

  socket.on('ping', heard);
  socket.on('pong', heard);
  socket.on('message', (data, isBinary) => {
    if (phase !== 'dialing' && phase !== 'welcomed') return;
    heard();
    const read = readFrame(data, isBinary);
    if (!read.ok) {
      logger.warn({ problem: read.problem }, 'a frame from the hub was left out: it could not be read');
      return;
    }
    const { frame } = read;
    if (frame.type !== 'welcome') {
      if (phase === 'welcomed') events.received(frame);
      else logger.warn({ type: frame.type }, 'a frame from the hub was left out: it came before the welcome');
    } else if (phase === 'dialing') {
      phase = 'welcomed';
      silenceLimitMs = 2 * frame.heartbeat_interval_ms;
      heard();
      cancelSilence();
      cancelSilence = clock.after(silenceLimitMs, checkSilence);
      events.welcomed(sessionOf(frame));
      if (frame.service !== undefined) events.received({ type: 'service', service: frame.service });
    }
  });
  socket.on('unexpected-response', (_request, response) => {
    void readRefusal(response).then((refusal) => {
      end({ kind: 'refused', error: refusalError(refusal, clock.now()) });
    });
  });
  // `ws` always follows an error with `close`; without this listener the error would be thrown.
  socket.on('error', (error) => {
    lastError = error;
  });
  socket.on('close', (code, reason) => {
    if (phase === 'dialing' && lastError !== undefined) {
      return end({
        kind: 'failed',
        error: new HubClientError('unreachable', { detail: lastError.message, cause: lastError }),
      });
    }
    end({ kind: 'closed', code, reason: reason.toString() });
  });

  return {
    send(frame) {
      if (phase !== 'welcomed' || socket.readyState !== WebSocket.OPEN) return false;
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES) return false;
      if (unsent.push(frame) === 1) setImmediate(flush);
      return true;
    },
    close() {
      if (phase === 'ended' || phase === 'closing') return Promise.resolve();
      flush();
      phase = 'closing';
      cancelSilence();
      return new Promise((resolve) => {
        const cancel = clock.after(CLOSE_TIMEOUT_MS, () => socket.terminate());
        socket.once('close', () => {
          cancel();
          resolve();
        });
        if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
        else socket.close(CloseCode.Normal);
      });
    },
  };
}

/** Put together from text: the response is JSON already. `ref` and `id` hold nothing that JSON would escape. */
function textOf(frame: Outgoing): string {
  if (frame.type === 'flow') return JSON.stringify(frame);
  const { ref, id, status, outcome } = frame;
  const response = outcome && responseJson(outcome);
  const message = outcome?.error_message;
  return (
    `{"type":"update","ref":"${ref}","id":"${id}","status":"${status}"` +
    `${response === undefined ? '' : `,"response":${response}`}` +
    `${outcome?.reply === undefined ? '' : `,"reply":${JSON.stringify(outcome.reply)}`}` +
    `${message === undefined ? '' : `,"error_message":${JSON.stringify(message)}`}}`
  );
}

function sessionOf(welcome: HubFrameOf<'welcome'>): Session {
  return {
    transport: 'websocket',
    id: welcome.session_id,
    tpv: { id: welcome.tpv.id, name: welcome.tpv.name },
    maxInFlight: welcome.max_in_flight,
  };
}

/** A frame from the hub, or why it is not one. */
type ReadFrame = { ok: true; frame: HubFrame } | { ok: false; problem: string };

/** Reads what came over the socket; never throws, and never repeats the content, which is a person's. */
function readFrame(data: RawData, isBinary: boolean): ReadFrame {
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
