/** Portlight's commands as processes of their own, from the sources, ended with the test that started them. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable } from 'node:stream';
import { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** A busy machine may take long; what never comes is a failure all the same. */
const WITHIN_MS = 40_000;

/** What a process has written to one of its streams so far, line by line. */
export class Lines {
  #text = '';
  readonly #source: Readable;

  constructor(source: Readable) {
    this.#source = source;
    source.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
  }

  get all(): readonly string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  matching(pattern: RegExp): Promise<string> {
    return this.first((line) => pattern.test(line), String(pattern));
  }

  /** The first whole line that is it, as soon as there is one. */
  async first(isIt: (line: string) => boolean, what: string): Promise<string> {
    const signal = AbortSignal.timeout(WITHIN_MS);
    for (;;) {
      const found = this.all.find(isIt);
      if (found !== undefined) return found;
      await once(this.#source, 'data', { signal }).catch(() => assert.fail(`expected ${what} in: ${this.#text}`));
    }
  }
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly out: Lines;
  readonly err: Lines;
}

export function portlight(
  context: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  return { child, out: new Lines(child.stdout), err: new Lines(child.stderr) };
}

/** Its exit code, when it has ended. */
export async function exitOf({ child }: Running): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** An agent at a port of its own, and where it listens: `127.0.0.1:40123`. */
export async function runningAgent(context: TestContext, args: readonly string[] = [], place = '127.0.0.1:0') {
  const state = mkdtempSync(join(tmpdir(), 'portlight-test-'));
  context.after(() => rmSync(state, { recursive: true, force: true }));
  const running = portlight(context, ['agent', '--listen', place, '--state-dir', state, ...args]);
  const line = await running.out.matching(/listening on http/);
  return { ...running, place: line.replace(/^.*http:\/\/|\/$/g, '') };
}
