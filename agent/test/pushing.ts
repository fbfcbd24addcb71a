/** A pusher, and an aggregator of the test's own that it pushes to. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import type { Enrolment, Push } from '../src/contract.ts';
import type { Expected } from '../src/findings/judgement.ts';
import { HandedDown } from '../src/handed-down.ts';
import { createLog } from '../src/log.ts';
import { Aggregator } from '../src/push/aggregator.ts';
import { HostTokens } from '../src/push/enrolment.ts';
import { Pusher, type PusherOptions } from '../src/push/pusher.ts';

interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly socket: number;
  readonly body: Push | Enrolment;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Record<string, string>;
}

export const accepted: Answer = {
  status: 202,
  body: {
    accepted: true,
    needFull: false,
    aliveEverySeconds: 1,
    serverTime: '2026-11-23T03:14:07.000Z',
    expectations: null,
  },
};
export const needsFull: Answer = { ...accepted, body: { ...accepted.body, needFull: true } };
export const refused = (status: number, headers = {}): Answer => ({
  status,
  body: { error: { code: 'x', message: 'no' } },
  headers,
});

async function bodyOf(request: IncomingMessage): Promise<Push> {
  const bytes = await buffer(request);
  const isCompressed = request.headers['content-encoding'] === 'zstd';
  return JSON.parse((isCompressed ? zstdDecompressSync(bytes) : bytes).toString()) as Push;
}

/** An aggregator of the test's own: keeps what came and answers what the test says. */
export async function aggregatorFor(context: TestContext, port = 0) {
  const received: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void bodyOf(request).then((body) => {
      const { url = '', headers, socket } = request;
      received.push({ path: url, authorization: headers.authorization, socket: socket.remotePort ?? 0, body });
      const { status, body: text, headers: extra } = answers.shift() ?? accepted;
      response.writeHead(status, { 'content-type': 'application/json', ...extra }).end(JSON.stringify(text));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  context.after(stop);
  const cut = () => {
    server.closeAllConnections();
  };
  const kinds = () => received.map(({ body }) => ('kind' in body ? body.kind : 'enroll'));
  const untilTrue = async (isTrue: () => boolean) => {
    for (let tries = 0; !isTrue() && tries < 1000; tries += 1) await sleep(10);
    assert.ok(isTrue(), `got ${kinds().join()}`);
  };
  const until = (count: number) => untilTrue(() => received.length >= count);
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    received,
    answers,
    kinds,
    until,
    untilTrue,
    cut,
    stop,
  };
}

export function pusherFor(
  context: TestContext,
  url: URL,
  enrollTokenFile: string | null = null,
  now: PusherOptions['now'] = () => new Date(),
) {
  const stateDir = mkdtempSync(join(tmpdir(), 'portlight-push-'));
  const lines: string[] = [];
  const heard: Expected[] = [];
  const log = createLog({
    level: 'debug',
    format: 'text',
    toJournal: false,
    write: (line) => lines.push(line),
    now: () => new Date(),
  });
  const tokenFile = join(stateDir, 'host-token');
  const tokens = new HostTokens({ server: url, tokenFile, enrollTokenFile, log });
  const aggregator = new Aggregator({ url, ca: null });
  const handedDown = new HandedDown({
    file: join(stateDir, 'expectations.json'),
    own: [],
    onChange: (expected) => heard.push(expected),
  });
  const options = { aggregator, tokens, liveToken: 'live', handedDown, log, now, clockMs: () => performance.now() };
  const pusher = new Pusher({ ...options, random: () => 0.05 });
  context.after(async () => {
    await pusher.leave();
    rmSync(stateDir, { recursive: true });
  });
  return { pusher, tokenFile, lines, heard };
}
