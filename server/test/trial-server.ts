import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { PushAnswer } from '@portlight/agent/contract';
import { readCommand, type ServerConfig } from '../src/config.ts';
import { startServer } from '../src/server.ts';

export const TOKENS = {
  enroll: 'an enrolment token of this test',
  read: 'reader:a-read-token-of-this-test',
  admin: 'boss:an-admin-token-of-this-test',
} as const;

/** A folder that is removed after the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-test-'));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function configOf(args: readonly string[]): ServerConfig {
  const command = readCommand(args, {});
  assert.equal(command.kind, 'run', JSON.stringify(command));
  return command.config;
}

export interface TrialServer {
  readonly url: string;
  readonly folder: string;
  readonly stop: () => Promise<void>;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly put: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  /** Pushes and expects 202. */
  readonly push: (body: unknown) => Promise<PushAnswer>;
}

/** The real server on a free port, with a store of its own. */
export async function trialServer(context: TestContext, args: readonly string[] = []): Promise<TrialServer> {
  const folder = temporaryFolder(context);
  const config = configOf(['--listen', '127.0.0.1:0', '--state-dir', folder, '--log-level', 'error', ...args]);
  const server = await startServer(config);
  const { url } = server;
  let stopping: Promise<void> | null = null;
  const stopOnce = (): Promise<void> => (stopping ??= server.stop());
  context.after(stopOnce);
  const get: TrialServer['get'] = (path, headers = {}) => fetch(url + path, { headers, redirect: 'manual' });
  const send =
    (method: 'POST' | 'PUT'): TrialServer['post'] =>
    (path, body, headers = {}) =>
      fetch(url + path, {
        method,
        body:
          typeof body === 'string' || body instanceof Uint8Array
            ? new Uint8Array(Buffer.from(body))
            : JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', ...headers },
      });
  const [post, put] = [send('POST'), send('PUT')];
  const push: TrialServer['push'] = async (body) => {
    const response = await post('/api/v1/push', body);
    assert.equal(response.status, 202, await response.clone().text());
    return (await response.json()) as PushAnswer;
  };
  return { url, folder, stop: stopOnce, get, post, put, push };
}

/** Options by which the three token files are given. */
export function withTokens(context: TestContext): readonly string[] {
  const folder = temporaryFolder(context);
  return Object.entries(TOKENS).flatMap(([role, line]) => {
    const file = join(folder, `${role}-token`);
    writeFileSync(file, `# for ${role}\n${line.replaceAll(' ', '-')}\n`);
    return [`--${role}-token-file`, file];
  });
}

/** The secret of a token line. */
export function bearer(role: keyof typeof TOKENS): Readonly<Record<string, string>> {
  const secret = TOKENS[role].replaceAll(' ', '-').replace(/^.*:/, '');
  return { Authorization: `Bearer ${secret}` };
}

export async function json<T>(response: Response | Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}
