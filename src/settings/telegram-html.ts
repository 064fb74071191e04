/** What a text in Telegram's HTML (core.telegram.org/bots/api#html-style) looks like. */
export interface ReadHtml {
  /** Why Telegram would not take it, in sentences. */
  problems: string[];
  /** UTF-16 code units once the markup was read, as Telegram counts them. */
  length: number;
  /** The same for a browser: known tags without attributes of the writer's own, everything else escaped. */
  safe: string;
}

/** Telegram's tags, and what a browser shows for each. */
const TAGS: Readonly<Record<string, string>> = {
  b: 'b',
  strong: 'b',
  i: 'i',
  em: 'i',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  code: 'code',
  pre: 'pre',
  a: 'a',
  span: 'span',
  'tg-spoiler': 'span',
  blockquote: 'blockquote',
};

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const TOKEN = /<(\/?)([a-z][a-z-]*)((?:\s[^<>]*)?)>|&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-f]{1,6}));|[<&]|[^<&]+/gi;
const LARGEST_CODE_POINT = 0x10_ff_ff;

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
  for (const [whole, slash, name, attributes = '', entity, decimal, hexadecimal] of text.matchAll(TOKEN)) {
    if (name !== undefined) {
      const tag = name.toLowerCase();
      const shown = TAGS[tag];
      if (shown === undefined) {
        problems.add(`Telegram no conoce la etiqueta <${tag}>.`);
        show(whole);
      } else if (slash === '/') {
        if (open.at(-1) === tag) open.pop();
        else problems.add(`</${tag}> no cierra la última etiqueta abierta.`);
        safe += `</${shown}>`;
      } else {
        open.push(tag);
        const fault = faultOfAttributes(tag, attributes.trim());
        if (fault !== undefined) problems.add(fault);
        safe += openingTag(tag, shown, attributes);
      }
    } else if (entity !== undefined) show(ENTITIES[entity.toLowerCase()] ?? whole);
    else if (decimal !== undefined) show(characterOf(Number(decimal)));
    else if (hexadecimal !== undefined) show(characterOf(Number.parseInt(hexadecimal, 16)));
    else {
      if (whole === '<') problems.add('Un «<» que no abre una etiqueta se escribe &lt;');
      if (whole === '&') problems.add('Un «&» suelto se escribe &amp;');
      show(whole);
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

function characterOf(code: number): string {
  const valid = code > 0 && code <= LARGEST_CODE_POINT && !(code >= 0xd8_00 && code <= 0xdf_ff);
  return valid ? String.fromCodePoint(code) : '\uFFFD';
}
