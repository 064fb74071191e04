/** Keys that work on every page: `/` goes to the search. */
export function startShortcuts(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')) return;
    const search = document.querySelector<HTMLElement>('dialog[open] input[type=search], main input[type=search]');
    if (search === null) return;
    event.preventDefault();
    search.focus();
  });
}
