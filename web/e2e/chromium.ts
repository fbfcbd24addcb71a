import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** Keeps the browser from reaching out and lets it run as root and without a GPU. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser to test with: PORTLIGHT_CHROMIUM, else the first usual name on PATH. */
export function findChromium({ PORTLIGHT_CHROMIUM: told, PATH = '' }: NodeJS.ProcessEnv): string {
  if (told !== undefined && told !== '') return told;
  const candidates = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(`No browser: looked for ${NAMES.join(', ')} on PATH. Install chromium or set PORTLIGHT_CHROMIUM.`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
