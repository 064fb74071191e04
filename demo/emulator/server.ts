import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BotApi } from './bot-api.ts';
import { serveChatPage } from './chat-page.ts';
import type { Control } from './control.ts';
import { answerJson } from './json-answer.ts';

/** Sends each request to whom it concerns: the Bot API, its files, the page's endpoints, or the chat page. */
export function router(api: BotApi, control: Control) {
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // The URL class would read "//x" as a host.
    const url = new URL(`http://emulator${(request.url ?? '/').replace(/^\/+/, '/')}`);
    const { pathname } = url;
    if (pathname.startsWith('/bot')) return api.call(request, response, url);
    if (pathname.startsWith('/file/bot')) return api.download(request, response, url);
    if (pathname.startsWith('/_emulator/')) return control.answer(request, response, url);
    if (request.method === 'GET' && (await serveChatPage(response, pathname))) return;
    answerJson(response, 404, { ok: false, error_code: 404, description: 'Not Found' });
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    route(request, response).catch((error: unknown) => {
      // A caller that hangs up while it sends is no fault of the emulator; anything else is.
      if (request.socket.destroyed) return;
      const what = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else answerJson(response, 500, { ok: false, error_code: 500, description: `Internal Server Error: ${what}` });
    });
  };
}
