import { formatted } from './formatting.js';

/** One message as a list item; `onButton(button, index, element)` hears presses on its buttons. */
export function bubble(message, personId, onButton) {
  const item = document.createElement('li');
  item.className = message.from?.id === personId ? 'bubble own' : 'bubble';
  item.dataset.messageId = message.message_id;
  const body = document.createElement('div');
  body.className = 'body';
  if (message.reply_to_message) {
    body.append(textElement('div', message.reply_to_message.text ?? '(mensaje)', 'quoted'));
  }
  body.append(...attachments(message));
  body.append(formatted(message.text ?? message.caption ?? '', message.entities ?? message.caption_entities));
  body.append(timeOf(message));
  item.append(body);
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length > 0) item.append(keyboard(rows, onButton));
  return item;
}

function attachments({ photo, document: file, voice, location, contact, web_app_data: page }) {
  const parts = [];
  if (photo) {
    const image = document.createElement('img');
    image.src = fileUrl(photo.at(-1));
    image.alt = 'Foto';
    parts.push(image);
  }
  if (file) parts.push(link(fileUrl(file), `📄 ${file.file_name ?? 'archivo'} · ${size(file.file_size)}`));
  if (voice) parts.push(link(fileUrl(voice), `🎙️ Nota de voz · ${voice.duration} s`));
  if (location) {
    const { latitude, longitude } = location;
    const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
    parts.push(link(map, `📍 ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`));
  }
  if (contact) parts.push(textElement('span', `👤 ${contact.first_name} · ${contact.phone_number}`, 'attachment'));
  if (page) parts.push(textElement('span', `▤ ${page.button_text}: ${page.data || '(nada)'}`, 'attachment'));
  return parts;
}

/** Rows of buttons; `onButton(button, index, element)` hears presses on them. */
export function keyboard(rows, onButton) {
  const board = document.createElement('div');
  board.className = 'keyboard';
  let index = 0;
  for (const row of rows) {
    const line = document.createElement('div');
    for (const button of row) {
      const place = index++;
      const mark = button.url ? ' ↗' : button.copy_text ? ' ⧉' : button.web_app ? ' ▤' : '';
      const element = textElement('button', button.text + mark);
      element.type = 'button';
      if (button.style) element.dataset.style = button.style;
      element.addEventListener('click', () => onButton(button, place, element));
      line.append(element);
    }
    board.append(line);
  }
  return board;
}

function timeOf({ date, edit_date: editDate, has_protected_content: locked, message_thread_id: topic }) {
  const time = new Date(date * 1000).toLocaleTimeString('es', { hour: '2-digit', minute: '2-digit' });
  const said = [topic && `tema ${topic}`, locked && '🔒', editDate && 'editado', time];
  return textElement('time', said.filter(Boolean).join(' '));
}

function link(href, text) {
  const element = textElement('a', text, 'attachment');
  element.href = href;
  element.target = '_blank';
  element.rel = 'noopener noreferrer';
  return element;
}

function textElement(tag, text, className = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

function fileUrl({ file_id: id }) {
  return `/_emulator/files/${encodeURIComponent(id)}`;
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
