import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { full } from '../../test/bodies.ts';
import { temporaryFolder } from '../../test/trial-server.ts';
import { openStore } from '../store/open-store.ts';
import { applyPushes } from './apply-push.ts';
import { arrivedPush } from './arrived-push.ts';

test('a change that waited for the store is announced as of when it was written', async (context) => {
  const store = await openStore({ kind: 'sqlite', path: join(temporaryFolder(context), 'portlight.db') });
  context.after(() => store.close());
  const arrived = arrivedPush({ push: full(), at: 1_000, address: null, lastSeenAt: null, aliveEverySeconds: 15 });
  await store.commit((writer) => applyPushes(writer, [arrived], () => 9_000));
  assert.equal(await store.reader.lastChangeAt(), 9_000);
});
