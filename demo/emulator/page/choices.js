/** How often the page asks how things stand that its visitor can do something to. */
const ASK_AGAIN_MS = 2000;

/**
 * What the demo lets its visitor choose or do besides Telegram, in the side bar.
 * @returns asks for it, and shows it
 */
export function choicesIn(container, { ask, post, attempt }) {
  let timer;

  const load = async () => {
    clearTimeout(timer);
    const { choices } = await ask('choices');
    show(choices);
    if (choices.some(({ is_act: isAct }) => isAct)) timer = setTimeout(attempt(load), ASK_AGAIN_MS);
  };

  /** A choice that somebody has open, or uses, stays as it is. */
  function show(choices) {
    if (container.querySelector(':disabled') !== null) return;
    const focused = container.contains(document.activeElement);
    if (focused && shapeOf(choices) === container.dataset.shape) return update(choices);
    container.dataset.shape = shapeOf(choices);
    container.replaceChildren(...choices.map((choice) => (choice.is_act ? act(choice) : selection(choice))));
  }

  function update(choices) {
    for (const [i, choice] of choices.entries()) {
      const state = container.children[i].querySelector('small');
      if (state !== null) state.textContent = choice.current;
    }
  }

  function selection({ label, options, current }) {
    const field = document.createElement('label');
    field.className = 'choice';
    const name = document.createElement('span');
    name.textContent = label;
    const select = document.createElement('select');
    select.append(...options.map(({ value, text }) => new Option(text, value, false, value === current)));
    select.addEventListener(
      'change',
      choosing(select, label, () => select.value),
    );
    field.append(name, select);
    return field;
  }

  function act({ label, options, current }) {
    const field = document.createElement('div');
    field.className = 'act';
    const name = document.createElement('span');
    name.textContent = label;
    const state = document.createElement('small');
    state.className = 'act-state';
    state.setAttribute('role', 'status');
    state.textContent = current;
    const buttons = options.map(({ value, text }) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'act-button';
      button.textContent = text;
      button.addEventListener(
        'click',
        choosing(button, label, () => value),
      );
      return button;
    });
    field.append(name, state, ...buttons);
    return field;
  }

  function choosing(control, label, chosen) {
    return attempt(async () => {
      control.disabled = true;
      await post('choices', { label, value: chosen() }).finally(async () => {
        control.disabled = false;
        await load();
      });
    });
  }

  return load;
}

function shapeOf(choices) {
  return JSON.stringify(choices.map(({ label, options }) => [label, options.length]));
}
