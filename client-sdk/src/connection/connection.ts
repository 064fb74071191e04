import { WebSocket } from 'ws';
import type { Cancel } from '../clock.ts';
import { HubClientError } from '../errors.ts';
import type { Settings } from '../options.ts';
import {
  CloseCode,
  type HubFrame,
  type HubFrameOf,
  MAX_FRAME_BYTES,
  SUBPROTOCOL,
  type TpvFrame,
} from '../protocol/mod.ts';
import type { Ending } from './ending.ts';
import { readFrame } from './frame.ts';
import { readRefusal, refusalError } from './refusal.ts';

/** From the first packet to the hub's welcome. */
const WELCOME_TIMEOUT_MS = 10_000;

/** How long the hub may take to answer this side's close. */
const CLOSE_TIMEOUT_MS = 2_000;

/** More than this unsent means that nothing gets through; what is kept for later needs no second copy in a buffer. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** A frame that may come after the welcome. */
export type SessionFrame = Exclude<HubFrame, { type: 'welcome' }>;

/** What a connection tells its owner: `welcomed` at most once and first, `ended` exactly once and last. */
export interface ConnectionEvents {
  welcomed(welcome: HubFrameOf<'welcome'>): void;
  received(frame: SessionFrame): void;
  ended(ending: Ending): void;
}

/** One socket, from dial to end; it is never used again. */
export interface Connection {
  /** Whether the frame was given to the socket; `false` before the welcome, after the end, or when it is clogged. */
  send(frame: TpvFrame): boolean;
  /** Ends it by the closing handshake, or without it after 2 s. */
  close(): Promise<void>;
}

/** Dials the hub. All events come later, never before this returns. */
export function openConnection(settings: Settings, events: ConnectionEvents): Connection {
  const { clock, logger } = settings;
  const socket = new WebSocket(settings.url, SUBPROTOCOL, {
    headers: { authorization: `ApiKey ${settings.apiKey}` },
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  let phase: 'dialing' | 'welcomed' | 'ended' = 'dialing';
  let silenceLimitMs = WELCOME_TIMEOUT_MS;
  let lastError: Error | undefined;
  let cancelSilence: Cancel = clock.after(silenceLimitMs, silent);

  function end(ending: Ending): void {
    if (phase === 'ended') return;
    phase = 'ended';
    cancelSilence();
    socket.terminate();
    events.ended(ending);
  }

  function silent(): void {
    const error =
      phase === 'dialing'
        ? new HubClientError('unreachable', { detail: `no welcome within ${WELCOME_TIMEOUT_MS} ms`, cause: lastError })
        : new HubClientError('heartbeat_timeout', { detail: `${silenceLimitMs} ms` });
    end({ kind: 'failed', error });
  }

  function heard(): void {
    // Before the welcome only the welcome counts: pings alone are no session.
    if (phase !== 'welcomed') return;
    cancelSilence();
    cancelSilence = clock.after(silenceLimitMs, silent);
  }

  socket.on('ping', heard);
  socket.on('pong', heard);
  socket.on('message', (data, isBinary) => {
    if (phase === 'ended') return;
    heard();
    const read = readFrame(data, isBinary);
    if (!read.ok)
      return logger.warn({ problem: read.problem }, 'a frame from the hub was left out: it could not be read');
    const { frame } = read;
    if (frame.type !== 'welcome') {
      if (phase === 'welcomed') events.received(frame);
      else logger.warn({ type: frame.type }, 'a frame from the hub was left out: it came before the welcome');
    } else if (phase === 'dialing') {
      phase = 'welcomed';
      silenceLimitMs = 2 * frame.heartbeat_interval_ms;
      heard();
      events.welcomed(frame);
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
      socket.send(JSON.stringify(frame));
      return true;
    },
    close() {
      if (phase === 'ended') return Promise.resolve();
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
