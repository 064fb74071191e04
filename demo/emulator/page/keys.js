import { keyboard } from './bubble.js';

/** Shows the keyboard that the bot put in place of the letters; `onKey(key, index, element)` hears presses. */
export function showKeys(place, field, shown, onKey) {
  place.hidden = !shown;
  place.replaceChildren(...(shown ? [keyboard(shown.keyboard, onKey)] : []));
  field.placeholder = shown?.input_field_placeholder || 'Mensaje';
}

/** What a key that asks for something gets; undefined where the person does not want to give it. */
export function givenFor(key) {
  if (key.request_contact) return confirm('¿Dar al bot tu número de teléfono, +34 600 000 000?') ? {} : undefined;
  if (key.request_location) return confirm('¿Dar al bot tu ubicación, la Puerta del Sol?') ? {} : undefined;
  if (!key.web_app) return {};
  const data = prompt(`Se abriría ${key.web_app.url}. ¿Qué devuelve esa página al bot?`, '');
  return data === null ? undefined : { data };
}
