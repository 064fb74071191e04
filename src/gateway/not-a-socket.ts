import { HubError } from '../errors.ts';

/** For a request that came without `Upgrade: websocket`. */
export function notASocket(): HubError {
  return new HubError('invalid_request', 'This route is a WebSocket.', {
    details: [{ path: 'upgrade', message: 'abre un WebSocket («Upgrade: websocket»)' }],
  });
}
