const tags = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  expandable_blockquote: 'blockquote',
};

/** A text with Telegram's entities as nodes. Entities nest and never cross; offsets are UTF-16 code units. */
export function formatted(text, entities = []) {
  const sorted = entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  return range(text, sorted, 0, text.length);
}

function range(text, entities, start, end) {
  const fragment = document.createDocumentFragment();
  let at = start;
  for (const [index, entity] of entities.entries()) {
    const entityEnd = Math.min(end, entity.offset + entity.length);
    if (entity.offset < at || entityEnd <= entity.offset) continue;
    fragment.append(text.slice(at, entity.offset));
    const element = elementOf(entity, text.slice(entity.offset, entityEnd));
    element.append(range(text, entities.slice(index + 1), entity.offset, entityEnd));
    fragment.append(element);
    at = entityEnd;
  }
  fragment.append(text.slice(at, end));
  return fragment;
}

function elementOf(entity, content) {
  if (entity.type === 'text_link' || entity.type === 'url') return link(entity.url ?? content);
  const element = document.createElement(tags[entity.type] ?? 'span');
  if (entity.type === 'spoiler') {
    element.className = 'spoiler';
    element.addEventListener('click', () => element.classList.add('shown'));
  }
  return element;
}

function link(url) {
  const element = document.createElement('a');
  // Any other scheme (javascript:) would run in this page.
  if (/^https?:\/\//i.test(url)) element.href = url;
  element.target = '_blank';
  element.rel = 'noopener noreferrer';
  return element;
}
