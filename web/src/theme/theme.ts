type Theme = 'light' | 'dark';

const KEY = 'portlight-theme';

/** What the reader chose, else what the system prefers. */
function chosenTheme(chosen: string | null, systemIsDark: boolean): Theme {
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return systemIsDark ? 'dark' : 'light';
}

function otherTheme(theme: Theme): Theme {
  return theme === 'dark' ? 'light' : 'dark';
}

/** Puts the theme on the page and follows the system until the reader chooses. Tokens.css does the rest. */
export function followTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    document.documentElement.dataset.theme = chosenTheme(localStorage.getItem(KEY), system.matches);
  };
  system.addEventListener('change', apply);
  apply();
}

export function toggleTheme(): void {
  const next = otherTheme(document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');
  localStorage.setItem(KEY, next);
  document.documentElement.dataset.theme = next;
}
