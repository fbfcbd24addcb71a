export type Shortcut = 'zone' | 'theme' | 'filter' | 'fleet' | 'findings' | 'machines';

/** How long `g` waits for its second key. */
const PREFIX_MS = 1500;
const KEY = 'portlight-shortcuts';

const SINGLE: ReadonlyMap<string, Shortcut> = new Map([
  ['u', 'zone'],
  ['t', 'theme'],
  ['/', 'filter'],
]);
const AFTER_G: ReadonlyMap<string, Shortcut> = new Map([
  ['f', 'fleet'],
  ['i', 'findings'],
  ['m', 'machines'],
]);

/** What a key means, given the time since `g`; null for every other key. */
export function shortcutOf(key: string, sinceGMs: number | null): Shortcut | null {
  if (sinceGMs !== null && sinceGMs <= PREFIX_MS) return AFTER_G.get(key) ?? null;
  return SINGLE.get(key) ?? null;
}

/** Single keys can be switched off, as speech input types them by accident (WCAG 2.1.4). */
export function areShortcutsOn(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

export function switchShortcuts(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off');
}

/** Runs shortcuts while no text field has the focus; returns how to stop. */
export function followShortcuts(run: (shortcut: Shortcut) => void): () => void {
  const stop = new AbortController();
  let pressedGAt: number | null = null;
  const onKey = (event: KeyboardEvent) => {
    if (!areShortcutsOn() || isForOthers(event)) return;
    const shortcut = shortcutOf(event.key, pressedGAt === null ? null : event.timeStamp - pressedGAt);
    pressedGAt = event.key === 'g' ? event.timeStamp : null;
    if (shortcut === null) return;
    event.preventDefault();
    run(shortcut);
  };
  document.addEventListener('keydown', onKey, { signal: stop.signal });
  return () => {
    stop.abort();
  };
}

function isForOthers(event: KeyboardEvent): boolean {
  const isTyping =
    event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable]');
  return isTyping || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented;
}
