import { markupTokens, TELEGRAM_TAGS } from './telegram-markup.ts';

/** What a text in Telegram's HTML (core.telegram.org/bots/api#html-style) looks like. */
export interface ReadHtml {
  /** Why Telegram would not take it, in sentences. */
  problems: string[];
  /** UTF-16 code units once the markup was read, as Telegram counts them. */
  length: number;
  /** The same for a browser: known tags without attributes of the writer's own, everything else escaped. */
  safe: string;
}

const STRAY = {
  '<': 'Un «<» que no abre una etiqueta se escribe &lt;',
  '&': 'Un «&» suelto se escribe &amp;',
} as const;

/** Reads a text once, from its beginning to its end, whatever it holds. */
export function readTelegramHtml(text: string): ReadHtml {
  const problems = new Set<string>();
  const open: string[] = [];
  let length = 0;
  let safe = '';
  const show = (shown: string) => {
    length += shown.length;
    safe += escaped(shown);
  };
  for (const token of markupTokens(text)) {
    if (token.kind === 'text') show(token.text);
    else if (token.kind === 'stray') {
      problems.add(STRAY[token.text]);
      show(token.text);
    } else {
      const { kind, tag, attributes, whole } = token;
      const shown = TELEGRAM_TAGS[tag];
      if (shown === undefined) {
        problems.add(`Telegram no conoce la etiqueta <${tag}>.`);
        show(whole);
      } else if (kind === 'close') {
        if (open.at(-1) === tag) open.pop();
        else problems.add(`</${tag}> no cierra la última etiqueta abierta.`);
        safe += `</${shown}>`;
      } else {
        open.push(tag);
        const fault = faultOfAttributes(tag, attributes.trim());
        if (fault !== undefined) problems.add(fault);
        safe += openingTag(tag, shown, attributes);
      }
    }
  }
  for (const tag of open) problems.add(`Falta cerrar <${tag}>.`);
  if (problems.size > 0) safe = escaped(text);
  return { problems: [...problems], length, safe };
}

/** As a browser shows it literally, also within an attribute. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function faultOfAttributes(tag: string, attributes: string): string | undefined {
  switch (tag) {
    case 'a':
      return linkOf(attributes) === undefined
        ? 'Un enlace se escribe <a href="https://…">, con una dirección http, https o tg.'
        : undefined;
    case 'span':
      return attributes === 'class="tg-spoiler"' ? undefined : '<span> solo vale como <span class="tg-spoiler">.';
    case 'tg-emoji':
      return /^emoji-id="\d{1,30}"$/.test(attributes)
        ? undefined
        : 'Un emoji propio se escribe <tg-emoji emoji-id="…">.';
    case 'blockquote':
      return ['', 'expandable'].includes(attributes) ? undefined : '<blockquote> no admite esos atributos.';
    case 'code':
      return attributes === '' || /^class="language-[\w+#.-]{1,40}"$/.test(attributes)
        ? undefined
        : '<code> no admite esos atributos.';
    default:
      return attributes === '' ? undefined : `<${tag}> no admite atributos.`;
  }
}

function linkOf(attributes: string): string | undefined {
  const href = /^href="([^"]{1,2000})"$/.exec(attributes)?.[1]?.replaceAll('&amp;', '&');
  const protocol = href === undefined ? undefined : URL.parse(href)?.protocol;
  return protocol !== undefined && ['http:', 'https:', 'tg:'].includes(protocol) ? href : undefined;
}

function openingTag(tag: string, shown: string, attributes: string): string {
  if (shown === 'span') return '<span class="spoiler">';
  const href = tag === 'a' ? linkOf(attributes.trim()) : undefined;
  if (href === undefined) return `<${shown}>`;
  return `<a href="${escaped(href)}" rel="noopener noreferrer" target="_blank">`;
}
