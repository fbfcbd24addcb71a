/** The browser of the page tests: Debian's chromium, or whatever Chromium the machine has. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const REMEDY =
  'the page tests need Chromium: install it (Debian, Ubuntu: sudo apt-get install -y chromium; Fedora, CentOS: sudo dnf install -y chromium) ' +
  'or name one by PORTLIGHT_CHROMIUM=/path/to/chromium';

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** @returns {string | undefined} PORTLIGHT_CHROMIUM, else the first of the usual names on PATH. */
export function findBrowser() {
  const named = process.env.PORTLIGHT_CHROMIUM;
  if (named) return isExecutable(named) ? named : undefined;
  return NAMES.map(onPath).find((file) => file !== undefined);
}

/** As root on Debian or Ubuntu; anywhere else it says what to do. */
export function installBrowser(say, fail) {
  if (process.env.PORTLIGHT_CHROMIUM)
    fail(`PORTLIGHT_CHROMIUM=${process.env.PORTLIGHT_CHROMIUM} is no program that can be run`);
  if (process.getuid?.() !== 0 || !onPath('apt-get')) fail(REMEDY);
  say('installing chromium for the page tests (once, about a minute) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 2], env }).status === 0;
  const installed = (apt('update'), apt('install', '-y', '--no-install-recommends', 'chromium'));
  if (!installed || !findBrowser()) fail(`apt-get could not install chromium. ${REMEDY}`);
}
