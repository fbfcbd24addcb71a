import assert from 'node:assert/strict';
import test from 'node:test';
import type { EventView } from '@portlight/server/views';
import { eventSentence } from './event-sentence.ts';

const event: EventView = {
  id: '1.0.1',
  at: '2026-11-23T03:11:33.000Z',
  kind: 'opened',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 3008,
  networkNamespace: '4026531840',
  inode: '1',
  pid: 22507,
  program: 'node',
  holders: 1,
  detail: null,
};

const cases: readonly (readonly [Partial<EventView>, string])[] = [
  [{}, 'node, pid 22507, opened 127.0.0.1:3008/tcp'],
  [{ kind: 'closed', address: '::1' }, 'node, pid 22507, closed [::1]:3008/tcp'],
  [{ pid: null, program: null }, 'An unknown process opened 127.0.0.1:3008/tcp'],
  [{ kind: 'holders-changed', holders: 3 }, '127.0.0.1:3008/tcp is now held by node, pid 22507 and 2 more'],
  [{ kind: 'holders-changed', holders: 0, pid: null }, '127.0.0.1:3008/tcp is now held by an unknown process'],
  [{ kind: 'program-changed' }, 'node, pid 22507, on 127.0.0.1:3008/tcp runs another program now'],
  [{ kind: 'queue-stuck', detail: '51 wait' }, 'Accept queue of 127.0.0.1:3008/tcp stands still: 51 wait'],
  [{ kind: 'queue-moving' }, 'Accept queue of 127.0.0.1:3008/tcp moves again'],
  [{ kind: 'gap', detail: '12 events dropped' }, 'Events were lost here: 12 events dropped'],
  [{ program: 'a\u202eb\n' }, 'a\\u202eb\\u000a, pid 22507, opened 127.0.0.1:3008/tcp'],
];

for (const [change, sentence] of cases) {
  test(`an event reads “${sentence}”`, () => {
    assert.equal(eventSentence({ ...event, ...change }), sentence);
  });
}
