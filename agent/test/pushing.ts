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
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Enrolment, Push } from '../src/contract.ts';
import type { Expected } from '../src/findings/judgement.ts';
import { HandedDown } from '../src/handed-down.ts';
import { createLog } from '../src/log.ts';
import { Aggregator } from '../src/push/aggregator.ts';
import { HostTokens } from '../src/push/enrolment.ts';
import { LastLook } from '../src/push/last-look.ts';
import { Outbox } from '../src/push/outbox.ts';
import { Pusher, type PusherOptions } from '../src/push/pusher.ts';
import { Spool } from '../src/push/spool.ts';

interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly socket: number;
  readonly encoding: string | undefined;
  /** On the test's own clock, in milliseconds. */
  readonly at: number;
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

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { zstd: zstdDecompressSync, gzip: gunzipSync };

async function bodyOf(request: IncomingMessage): Promise<Push> {
  const bytes = await buffer(request);
  const decode = DECODERS[request.headers['content-encoding'] ?? ''] ?? ((same: Buffer) => same);
  return JSON.parse(decode(bytes).toString()) as Push;
}

/** An aggregator of the test's own: keeps what came and answers what the test says. */
export async function aggregatorFor(context: TestContext, port = 0) {
  const received: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void bodyOf(request).then((body) => {
      const { url = '', headers, socket } = request;
      const { authorization, 'content-encoding': encoding } = headers;
      received.push({
        path: url,
        authorization,
        socket: socket.remotePort ?? 0,
        encoding,
        at: performance.now(),
        body,
      });
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

interface StateDir {
  readonly stateDir?: string;
}

export function pusherFor(
  context: TestContext,
  url: URL,
  enrollTokenFile: string | null = null,
  now: PusherOptions['now'] = () => new Date(),
  { stateDir = mkdtempSync(join(tmpdir(), 'portlight-push-')), ...changes }: Partial<PusherOptions> & StateDir = {},
) {
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
  const agentStartedAt = '2026-11-23T02:00:00.000Z';
  const outbox = new Outbox({
    spool: new Spool({ folder: join(stateDir, 'spool'), agentStartedAt }),
    lastLook: new LastLook(join(stateDir, 'last-look')),
    agentStartedAt,
    log,
  });
  const pusher = new Pusher({
    aggregator,
    tokens,
    outbox,
    liveToken: 'live',
    lookedUntil: null,
    handedDown,
    hasStateTrouble: () => false,
    log,
    now,
    clockMs: () => performance.now(),
    random: () => 0.05,
    firstWithinMs: 0,
    ...changes,
  });
  context.after(async () => {
    await pusher.leave();
    rmSync(stateDir, { recursive: true, force: true });
  });
  return { pusher, tokenFile, lines, heard, stateDir };
}
