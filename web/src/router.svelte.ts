import { placeOf, type Place } from './route.ts';

/** How long a page may take to come back to its height. */
const PATIENCE_MS = 2000;

/** The address bar as state: what is on screen is read from it and written to it. */
export class Router {
  /** Path and query. */
  href = $state(here());
  readonly place: Place = $derived(placeOf(this.href));

  /** Starts following back, forward and clicks on links of this site; returns how to stop. */
  start(): () => void {
    const stop = new AbortController();
    history.scrollRestoration = 'manual';
    addEventListener(
      'popstate',
      (event) => {
        this.#arrive(savedScroll(event.state));
      },
      { signal: stop.signal },
    );
    document.addEventListener(
      'click',
      (event) => {
        this.#follow(event);
      },
      { signal: stop.signal },
    );
    return () => {
      stop.abort();
    };
  }

  /** Opens another place; back returns here, at the same height. */
  open(href: string): void {
    history.replaceState({ scroll: scrollY }, '');
    history.pushState(null, '', href);
    this.#arrive(0);
  }

  /** Changes how this place is shown, without a step to go back. */
  replace(href: string): void {
    history.replaceState(history.state, '', href);
    this.href = here();
  }

  #arrive(scroll: number): void {
    const isSamePage = this.href.split('?')[0] === location.pathname;
    this.href = here();
    if (!isSamePage || scroll > 0) scrollWhenHighEnough(scroll);
  }

  #follow(event: MouseEvent): void {
    if (!isPlainClick(event)) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link?.target !== '' || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || link.hash !== '') return;
    event.preventDefault();
    this.open(link.href);
  }
}

/** A page that is come back to first has to load; what it shows by then is as high as it was, or nearly. */
function scrollWhenHighEnough(scroll: number): void {
  const observer = new ResizeObserver(() => {
    if (document.body.scrollHeight < scroll + innerHeight) return;
    observer.disconnect();
    scrollTo(0, scroll);
  });
  observer.observe(document.body);
  setTimeout(() => {
    observer.disconnect();
  }, PATIENCE_MS);
  scrollTo(0, scroll);
}

function isPlainClick(event: MouseEvent): boolean {
  const isModified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !isModified && !event.defaultPrevented;
}

function here(): string {
  return location.pathname + location.search;
}

function savedScroll(state: unknown): number {
  if (typeof state !== 'object' || state === null || !('scroll' in state)) return 0;
  return typeof state.scroll === 'number' ? state.scroll : 0;
}
