import { computed, signal } from '@preact/signals';

/** What a page's component gets. */
export interface PageProps {
  /** The variable parts of the path, decoded. */
  params: Readonly<Record<string, string>>;
}

/** The address that the panel shows now. */
const address = signal(new URL(location.href));

/** Where the panel is, without the query: `/admin/tpvs`. */
export const path = computed(() => address.value.pathname.replace(/(?<=.)\/$/, ''));

/** The query of the address. Lists take their filters from here. */
export const query = computed(() => address.value.searchParams);

/** How many times the person went elsewhere; 0 until then. */
export const moves = signal(0);

/** Whether the person came to this page by going back (or forward again). */
export const cameBack = signal(false);

/** What the browser remembers with a page of its history. */
interface Visit {
  /** The path that led to it. */
  from?: string;
  /** How far down it was left. */
  top?: number;
}

/** Goes to another page of the panel. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const url = new URL(to, location.href);
  if (options.replace) history.replaceState(history.state, '', url);
  else {
    leave();
    history.pushState({ from: path.value } satisfies Visit, '', url);
  }
  const moved = url.pathname !== address.value.pathname;
  cameBack.value = false;
  address.value = url;
  if (!moved) return;
  moves.value += 1;
  window.scrollTo(0, 0);
}

/** Goes back to a page where the person came from it, so that it is as it was left; else simply there. */
export function goBack(to: string): void {
  if (visit().from === new URL(to, location.href).pathname) history.back();
  else navigate(to);
}

/** Notes how far down the page is left that the history holds now. */
function leave(): void {
  history.replaceState({ ...visit(), top: window.scrollY } satisfies Visit, '');
}

function visit(): Visit {
  // Nobody else writes there.
  return (history.state as Visit | null) ?? {};
}

/** Changes some of the query and keeps the rest; what is undefined or empty goes. Leaves no trace in the history. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const url = new URL(address.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  navigate(url.href, { replace: true });
}

/** Takes over clicks on links inside the panel, and the browser's back and forward. */
export function startRouter(): void {
  // The browser would scroll before the page is there.
  history.scrollRestoration = 'manual';
  addEventListener('popstate', () => {
    const moved = location.pathname !== address.value.pathname;
    cameBack.value = true;
    address.value = new URL(location.href);
    if (!moved) return;
    moves.value += 1;
    requestAnimationFrame(() => window.scrollTo(0, visit().top ?? 0));
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || !/^\/admin(\/|$)/.test(url.pathname)) return;
    // The skip link stays on its page.
    if (url.hash !== '' && url.pathname === location.pathname) return;
    event.preventDefault();
    navigate(url.href);
  });
}
