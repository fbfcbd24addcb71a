/** What an agent delivers that was killed while the server was away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventView, Page, TimelineView } from '../src/views.ts';
import { change, event, full, holder, listener, restarted, snapshot, STARTED_AT } from './bodies.ts';
import { json, trialServer, type TrialServer } from './trial-server.ts';

async function eventsOf(server: TrialServer): Promise<readonly string[]> {
  const { items } = await json<Page<EventView>>(server.get('/api/v1/hosts/web-01/events?from=2026-01-01T00:00:00Z'));
  return items.map(({ at, kind, port, inode, detail }) => `${at} ${kind} ${port} ${inode} ${detail ?? ''}`.trim());
}

test('its spooled events are told once, and how long nobody looked as it says itself', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  const [early, lookedUntil, startedAt, later] = [5, 10, 20, 3600].map((seconds) =>
    new Date(Date.now() + seconds * 1000).toISOString(),
  ) as [string, string, string, string];
  const spooled = { agentStartedAt: STARTED_AT, at: early };
  await server.push(
    change({
      agentStartedAt: startedAt,
      sequence: 1,
      baseDigest: 'digest-3',
      digest: 'digest-3',
      processes: [holder()],
      events: [event({ id: 7, port: 3001, inode: '90002', ...spooled })],
    }),
  );
  const gap = event({ id: 1, kind: 'gap', at: startedAt, from: lookedUntil, address: '', port: 0, inode: '' });
  const listeners = [listener({ port: 3001, inode: '90002' }), listener({ port: 3002, inode: '90003' })];
  const whole = restarted(startedAt, {
    sequence: 2,
    snapshot: snapshot({ takenAt: later, listeners }),
    digest: 'digest-3',
    events: [event({ id: 8, kind: 'closed', ...spooled }), gap],
    lookedUntil,
  });
  const { needFull } = await server.push(whole);
  assert.equal(needFull, false);
  assert.deepEqual((await eventsOf(server)).filter((line) => !line.includes(' gap 0')).toSorted(), [
    `${early} closed 3000 90001`,
    `${early} opened 3001 90002`,
    `${startedAt} opened 3002 90003 seen across a gap`,
  ]);
  const { gaps } = await json<TimelineView>(
    server.get('/api/v1/hosts/web-01/timeline?from=-1h&to=2027-01-01T00:00:00Z'),
  );
  assert.deepEqual(
    gaps.map(({ from, to }) => [from, to]),
    [[lookedUntil, startedAt]],
  );
});
