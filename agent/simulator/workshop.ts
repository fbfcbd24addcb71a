import { copyFileSync, cpSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the programs lie in the source tree; from there they are installed elsewhere, and run in place otherwise. */
const SOURCE = fileURLToPath(new URL('programs', import.meta.url));

/**
 * Where the programs of one run lie. An observer tells programs apart by their path: runs that go side by side need folders
 * of their own, and a release is a folder, too.
 */
export class Workshop {
  /** The programs, unless a release is asked for. */
  readonly programs: string;
  #folder: string | null;

  private constructor(programs: string, folder: string | null) {
    this.programs = programs;
    this.#folder = folder;
  }

  static inPlace(): Workshop {
    return new Workshop(SOURCE, null);
  }

  /** With the programs below the folder, which it then owns. */
  static installedIn(folder: string): Workshop {
    return new Workshop(install(join(folder, 'app')), folder);
  }

  /** The programs once more, as a deploy lays them out: releases/20261101120000. */
  release(version: string): string {
    return install(join(this.#ownFolder(), 'releases', version));
  }

  /** Node under another name or at another place; asked for again, it is replaced there and a running one's file is gone. */
  executable(name: string): string {
    const folder = join(this.#ownFolder(), 'bin');
    const file = join(folder, name);
    mkdirSync(folder, { recursive: true });
    rmSync(file, { force: true });
    linkOrCopy(process.execPath, file);
    return file;
  }

  remove(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  #ownFolder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'portlight-simulator-'));
    return this.#folder;
  }
}

function install(folder: string): string {
  cpSync(SOURCE, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return folder;
}

/** A link takes no space; over file systems, and for another user's file, only a copy goes. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
