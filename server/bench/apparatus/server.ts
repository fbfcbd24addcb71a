/** The bundle under measurement, or what stands in for it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './files.ts';
import { Measured } from './process.ts';

const LAUNCHER = new URL('../../bin/portlight-server', import.meta.url).pathname;
const FLOOR = new URL('../floor.ts', import.meta.url).pathname;
/** Of its warnings nothing is to be seen but when it fails. */
const QUIET = ['--listen', '127.0.0.1:0', '--log-level', 'error'];
const READY_WITHIN_MS = 30_000;

export interface RunningServer {
  readonly url: string;
  readonly process: Measured;
  /** From the start of its process. */
  readonly readyAfterMs: number;
  /** Of everything it keeps; null where it keeps nothing. */
  readonly folder: string | null;
}

/** With a store of its own unless `args` name another. */
export async function startServer(args: readonly string[] = []): Promise<RunningServer> {
  const folder = temporaryFolder();
  const started = await listening(LAUNCHER, [...QUIET, '--state-dir', folder, ...args]);
  return { ...started, folder };
}

/** The bare server of Node that the others are compared with. */
export async function startFloor(): Promise<RunningServer> {
  return { ...(await listening(process.execPath, [FLOOR])), folder: null };
}

async function listening(command: string, args: readonly string[]): Promise<Omit<RunningServer, 'folder'>> {
  const begunAt = performance.now();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${command} was not ready in ${READY_WITHIN_MS} ms`));
    }, READY_WITHIN_MS);
    const measured = new Measured(command, args, (line) => {
      const url = /listening on (http:\S+)/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve({ url, process: measured, readyAfterMs: performance.now() - begunAt });
    });
    void measured.ended().then((code) => {
      clearTimeout(timer);
      reject(new Error(`${command} ended with ${code ?? 'a signal'}; is it built? npm run build -w server`));
    });
  });
}

/** A file with an enrolment token: with it each push is checked for its machine's token. */
export function tokenFile(): string {
  const file = join(temporaryFolder(), 'enroll-token');
  writeFileSync(file, 'an-enrolment-token-of-a-bench\n');
  return file;
}
