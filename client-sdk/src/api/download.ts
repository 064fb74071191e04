import { HubClientError } from '../errors.ts';
import { type Caller, callForBody, faultOf, type HubCall, type OpenAnswer } from '../http/request.ts';
import type { ByteRange, DownloadOptions, HubFile } from './file.ts';

export async function download(caller: Caller, fileId: string, options: DownloadOptions): Promise<HubFile> {
  const { range, signal } = options;
  const call: HubCall = {
    method: 'GET',
    path: `api/tpv/files/${encodeURIComponent(fileId)}/`,
    headers: range === undefined ? {} : { range: rangeHeader(range) },
    repeatable: true,
    signal,
  };
  const opened = await callForBody(caller, call);
  const { headers, status } = opened.response;
  // A hub that knows no ranges answers with everything: what was not asked for is left out here.
  const cut = range !== undefined && status !== 206 ? range : { start: 0 };
  const length = wholeNumber(headers.get('content-length'));
  const stream = streamOf(opened, call, cut);
  return {
    name: fileName(headers.get('content-disposition')),
    type: headers.get('content-type') ?? 'application/octet-stream',
    size: length === undefined ? undefined : Math.max(0, Math.min(length, (cut.end ?? length) + 1) - cut.start),
    stream,
    bytes: () => bytesOf(stream),
  };
}

function rangeHeader({ start, end }: ByteRange): string {
  const wrong = !Number.isSafeInteger(start) || start < 0 || (end !== undefined && !(end >= start));
  if (wrong) throw new HubClientError('invalid_options', { detail: 'range: start from 0, and end not before it' });
  return `bytes=${start}-${end ?? ''}`;
}

/** The body as it comes; time counts only while the network is waited for, not while the reader thinks. */
function streamOf({ response, patience }: OpenAnswer, call: HubCall, cut: ByteRange): ReadableStream<Uint8Array> {
  const reader = response.body?.getReader();
  const end = (cut.end ?? Number.POSITIVE_INFINITY) + 1;
  let at = 0;
  patience.rest();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            patience.renew();
            const next = await reader?.read();
            patience.rest();
            if (next?.value === undefined || at >= end) break;
            const wanted = next.value.subarray(Math.max(0, cut.start - at), Math.max(0, end - at));
            at += next.value.byteLength;
            if (wanted.byteLength > 0) return controller.enqueue(wanted);
          }
          patience.end();
          controller.close();
          await reader?.cancel();
        } catch (error) {
          patience.end();
          controller.error(faultOf(error, call, patience));
        }
      },
      async cancel(reason) {
        patience.end();
        await reader?.cancel(reason);
      },
    },
    // Reads from the network only when the stream is read.
    { highWaterMark: 0 },
  );
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** RFC 6266: `filename*` before `filename`. Folders in it are left out: it came from a stranger's device. */
function fileName(disposition: string | null): string | undefined {
  if (disposition === null) return undefined;
  const encoded = /filename\*=utf-8''([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition);
  const name = decoded(encoded) ?? plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2];
  const last = name?.split(/[\\/]/).at(-1);
  return last === '' || last === '.' || last === '..' ? undefined : last;
}

function decoded(name: string | undefined): string | undefined {
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    // Not percent-encoded after all; the plain name may do.
    return undefined;
  }
}

function wholeNumber(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}
