import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { EventView, Page, SummaryView } from '../../src/views.ts';
import { json, temporaryFolder, trialServer, withTokens, type TrialServer } from '../../test/trial-server.ts';
import { hostIdOf } from './machine.ts';
import { parseOptions } from './options.ts';
import { Play } from './play.ts';
import type { Line } from './report.ts';

type Part = Extract<Line, { kind: 'part' }>;

interface Played {
  readonly isGood: boolean;
  readonly parts: readonly Part[];
  readonly complaints: readonly string[];
}

/** It ends at the first complaint. */
async function played(args: readonly string[]): Promise<Played> {
  const parsed = parseOptions(args);
  assert.equal(parsed.kind, 'run', JSON.stringify(parsed));
  const [parts, complaints]: [Part[], string[]] = [[], []];
  const reporter = {
    say: (line: Line): void => {
      if (line.kind === 'part') parts.push(line);
    },
  };
  const ending = new AbortController();
  const complain = (text: string): void => {
    complaints.push(text);
    ending.abort();
  };
  const play = new Play({ options: parsed.options, reporter, complain, ending: ending.signal });
  return { isGood: await play.run(), parts, complaints };
}

/** Events that the server keeps of a host, without those it concluded itself. */
async function keptOf(server: TrialServer, hostId: string): Promise<number> {
  let count = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const page: Page<EventView> = await json(server.get(`/api/v1/hosts/${hostId}/events${query}`));
    count += page.items.filter(({ detail }) => detail === null).length;
    cursor = page.nextCursor;
  }
  return count;
}

function recordIn(context: TestContext): string {
  return join(temporaryFolder(context), 'events');
}

test('a fleet is understood, its changes fit one another, and every acknowledged event is kept once', async (context) => {
  const server = await trialServer(context);
  const record = recordIn(context);
  const sizes = ['--hosts', '40', '--every', '0', '--sockets', '8', '--for', '2s', '--incidents', '0.6'];
  const shares = ['--change-share', '0.5', '--full-share', '0.05', '--gauge-share', '0.5'];
  const { isGood, parts, complaints } = await played(['--server', server.url, '--record', record, ...sizes, ...shares]);
  assert.deepEqual(complaints, []);
  assert.ok(isGood);
  const [fill, steady] = parts;
  assert.equal(fill?.byKind.full?.count, 40);
  assert.equal(steady?.needFull, 0, 'each digest is the one the change before led to');
  assert.ok((steady.byKind.change?.count ?? 0) > 20);
  const lines = readFileSync(record, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, steady.eventsAcknowledged);
  for (let host = 0; host < 40; host += 1) {
    const id = hostIdOf(1, host);
    assert.equal(await keptOf(server, id), lines.filter((line) => line.startsWith(id)).length, id);
  }
});

test('incidents are open from the beginning, and each is one trouble of many machines', async (context) => {
  const server = await trialServer(context);
  await played(['--server', server.url, '--hosts', '60', '--for', '0s', '--incidents', '1']);
  const { machines, findings, troubles } = await json<SummaryView>(server.get('/api/v1/summary'));
  assert.equal(machines.total, 60);
  assert.ok(findings.critical > 20, `${findings.critical} findings`);
  assert.equal(troubles, 3);
});

test('with tokens each host enrols, and all come back at once after new starts', async (context) => {
  const tokens = withTokens(context);
  const server = await trialServer(context, tokens);
  const enroll = tokens.slice(0, 2);
  const { isGood, parts } = await played([
    '--server',
    server.url,
    ...enroll,
    '--hosts',
    '30',
    '--for',
    '0s',
    '--storm',
  ]);
  assert.ok(isGood);
  assert.deepEqual(
    parts.map(({ part, byKind }) => [part, byKind.enroll?.count ?? 0, byKind.full?.count]),
    [
      ['fill', 30, 30],
      ['storm', 0, 30],
    ],
  );
});

test('a server that closes without an answer is an error, told once, and the fleet ends when asked to', async (context) => {
  const rude = createServer((socket) => socket.once('data', () => socket.destroy()));
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  context.after(() => rude.close());
  const address = rude.address();
  assert.ok(address !== null && typeof address === 'object');
  const { isGood, parts, complaints } = await played(['--server', `http://127.0.0.1:${address.port}`, '--hosts', '3']);
  assert.equal(isGood, false);
  assert.match(complaints[0] ?? '', /^(closed|ECONNRESET) at full$/);
  assert.equal(complaints.length, 1);
  assert.equal(parts[0]?.pushes, 0);
});
