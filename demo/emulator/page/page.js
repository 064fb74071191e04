import { bubble } from './bubble.js';
import { choicesIn } from './choices.js';
import { givenFor, showKeys } from './keys.js';

const element = (id) => document.getElementById(id);
const chat = element('chat');
const waiting = new Map(); // callback_query_id → the pressed button, until the bot answers
let people = [];
let personId; // whose chat is open
let isOff = false; // whether Telegram is
let stream;
let toastTimer;
let typingTimer; // runs while the bot seems to do something

async function ask(path, options = {}) {
  const response = await fetch(`/_emulator/${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `Error ${response.status}`);
  return answer;
}

function post(path, body) {
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function toast(text) {
  clearTimeout(toastTimer);
  const box = element('toast');
  box.textContent = text;
  box.hidden = false;
  toastTimer = setTimeout(() => {
    box.hidden = true;
  }, 4000);
}

/** Runs what a click or a form asked for; a fault is told, not swallowed. */
function attempt(action) {
  return async (event) => {
    event?.preventDefault?.();
    try {
      await action(event);
    } catch (error) {
      toast(error.message);
    }
  };
}

async function loadPeople() {
  ({ people } = await ask('people'));
  const links = people.map(({ id, first_name: first, last_name: last, username }) => {
    const link = document.createElement('a');
    link.href = `#${id}`;
    if (id === personId) link.setAttribute('aria-current', 'page');
    link.textContent = [first, last].filter(Boolean).join(' ');
    const detail = document.createElement('small');
    detail.textContent = username ? `@${username} · ${id}` : String(id);
    link.append(detail);
    return link;
  });
  const another = document.createElement('a');
  another.href = '#';
  another.textContent = '＋ Nueva persona';
  element('people').replaceChildren(...links, another);
  const blocked = people.find(({ id }) => id === personId)?.blocked ?? false;
  element('block').textContent = blocked ? 'Desbloquear bot' : 'Bloquear bot';
  element('block').dataset.blocked = String(blocked);
  element('composer').inert = blocked;
}

/** Off, the bot reaches nobody and hears of nothing; what waits comes once it is on again. */
function showTelegram({ off }) {
  isOff = off;
  element('telegram').setAttribute('aria-checked', String(!off));
  element('telegram').querySelector('small').textContent = off ? 'apagado' : 'encendido';
  showStatus();
}

/** As Telegram shows it: for 5 s, or until the bot's next message. */
function onAction({ action }) {
  clearTimeout(typingTimer);
  typingTimer = setTimeout(endTyping, 5000);
  element('status').textContent = action === 'typing' ? 'escribiendo…' : 'enviando…';
}

function endTyping() {
  clearTimeout(typingTimer);
  typingTimer = undefined;
  showStatus();
}

function showStatus() {
  if (typingTimer !== undefined) return;
  const online = isOff ? 'Telegram está apagado: el bot no recibe ni envía' : 'en línea';
  element('status').textContent = personId ? online : 'Elige o crea una persona';
}

function show(message) {
  const old = chat.querySelector(`[data-message-id="${message.message_id}"]`);
  const item = bubble(message, personId, (button, index, pressed) => press(message, button, index, pressed));
  chat.querySelector('.empty')?.remove();
  if (old) old.replaceWith(item);
  else chat.append(item);
  chat.scrollTop = chat.scrollHeight;
}

function showKeyboard({ keyboard }) {
  showKeys(element('keys'), element('text'), keyboard, pressKey);
  chat.scrollTop = chat.scrollHeight;
}

function showChat({ messages, keyboard }) {
  chat.replaceChildren();
  for (const message of messages) show(message);
  if (messages.length === 0 && personId) showEmpty();
  showKeyboard({ keyboard });
}

function showEmpty() {
  const item = document.createElement('li');
  item.className = 'empty';
  const start = document.createElement('button');
  start.type = 'button';
  start.textContent = 'Iniciar';
  start.addEventListener(
    'click',
    attempt(() => post(`people/${personId}/messages`, { text: '/start' })),
  );
  item.append(start);
  chat.replaceChildren(item);
}

const press = (message, button, index, pressed) =>
  attempt(async () => {
    const page = button.url ?? button.web_app?.url;
    if (page) return void window.open(page, '_blank', 'noopener,noreferrer');
    if (button.copy_text) {
      await navigator.clipboard.writeText(button.copy_text.text);
      return toast('Copiado');
    }
    pressed.disabled = true;
    try {
      const { callback_query_id: id } = await post(`people/${personId}/press`, {
        message_id: message.message_id,
        button: index,
      });
      waiting.set(id, pressed);
    } catch (error) {
      pressed.disabled = false;
      throw error;
    }
  })();

const pressKey = (key, index) =>
  attempt(async () => {
    const gives = givenFor(key);
    if (gives) await post(`people/${personId}/key`, { key: index, ...gives });
  })();

function onAnswer({ callback_query_id: id, text, show_alert: showAlert }) {
  const pressed = waiting.get(id);
  waiting.delete(id);
  if (pressed) pressed.disabled = false;
  if (!text) return;
  if (!showAlert) return toast(text);
  element('alert').querySelector('p').textContent = text;
  element('alert').showModal();
}

function onMessage({ change, message }) {
  if (change === 'sent' && message.from?.is_bot) endTyping();
  if (change !== 'deleted') return show(message);
  chat.querySelector(`[data-message-id="${message.message_id}"]`)?.remove();
  if (chat.children.length === 0) showEmpty();
}

function listen() {
  stream?.close();
  const current = new EventSource(`/_emulator/events${personId ? `?person=${personId}` : ''}`);
  stream = current;
  // Also after each reconnect; the stream brings the chat as it is by then.
  current.addEventListener('open', () => {
    showStatus();
    attempt(loadPeople)();
    attempt(async () => showTelegram(await ask('telegram')))();
    attempt(loadChoices)();
  });
  current.addEventListener('error', () => {
    element('status').textContent = 'Sin conexión; reintentando…';
    // Closed for good means refused: that person is gone, as after a restart of the emulator.
    if (current.readyState === EventSource.CLOSED && personId) location.hash = '';
  });
  current.addEventListener('person', attempt(loadPeople));
  current.addEventListener('telegram', (event) => showTelegram(JSON.parse(event.data)));
  current.addEventListener('chat', (event) => showChat(JSON.parse(event.data)));
  current.addEventListener('message', (event) => onMessage(JSON.parse(event.data)));
  current.addEventListener('keyboard', (event) => showKeyboard(JSON.parse(event.data)));
  current.addEventListener('chat_action', (event) => onAction(JSON.parse(event.data)));
  current.addEventListener('callback_answered', (event) => onAnswer(JSON.parse(event.data)));
}

function openFromAddress() {
  personId = Number(location.hash.slice(1)) || undefined;
  for (const id of ['composer', 'block']) element(id).hidden = personId === undefined;
  document.body.classList.toggle('talking', personId !== undefined);
  chat.replaceChildren();
  showKeyboard({});
  endTyping();
  waiting.clear();
  listen();
}

function sendFile(input, kind) {
  return attempt(async () => {
    const [file] = input.files;
    input.value = '';
    if (!file) return;
    const text = element('text');
    const query = new URLSearchParams({ kind, name: file.name, caption: text.value.trim() });
    await ask(`people/${personId}/files?${query}`, {
      method: 'POST',
      headers: { 'content-type': file.type || 'application/octet-stream' },
      body: file,
    });
    text.value = '';
  });
}

const sendText = attempt(async () => {
  const box = element('text');
  const text = box.value.trim();
  if (text === '') return;
  box.value = '';
  await post(`people/${personId}/messages`, { text }).catch((error) => {
    box.value = text;
    throw error;
  });
});

element('composer').addEventListener('submit', sendText);
element('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) sendText(event);
});
element('photo').addEventListener('change', sendFile(element('photo'), 'photo'));
element('document').addEventListener('change', sendFile(element('document'), 'document'));
element('block').addEventListener(
  'click',
  attempt(() => post(`people/${personId}/blocked`, { blocked: element('block').dataset.blocked !== 'true' })),
);
element('telegram').addEventListener(
  'click',
  attempt(() => post('telegram', { off: !isOff })),
);
element('new-person').addEventListener(
  'submit',
  attempt(async (event) => {
    const form = event.target;
    const filled = [...new FormData(form)].filter(([, value]) => value.trim() !== '');
    const { id } = await post('people', Object.fromEntries(filled));
    form.reset();
    location.hash = `#${id}`;
  }),
);
const loadChoices = choicesIn(element('choices'), { ask, post, attempt });
window.addEventListener('hashchange', openFromAddress);
openFromAddress();
