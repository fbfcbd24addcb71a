import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NOTHING_KEPT, type Kept } from './findings/judgement.ts';
import { recordKey, type HomeRecord } from './findings/learned-homes.ts';
import { loadJudgement, saveJudgement } from './judgement-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'portlight-judgement-'));
after(() => rmSync(folder, { recursive: true }));

const record: HomeRecord = {
  programKey: 'node /srv/web/server.js',
  isHostNamespace: true,
  service: null,
  address: '127.0.0.1',
  port: 3000,
  days: { '2026-11-22': 86_400, '2026-11-23': 60 },
  generations: 3,
  inode: '5000',
};
const kept: Kept = {
  homes: new Map([[recordKey(record), record]]),
  bootId: '0b3c5f4e-58a0-4f3e-8a6e-6a4b1d2c3e4f',
  findings: [{ id: '0123456789abcdef', since: '2026-11-23T02:41:09.000Z', detectedAt: '2026-11-23T02:41:10.000Z' }],
};

test('what is kept comes back, for the owner alone to read', () => {
  const file = join(folder, 'new', 'homes.json');
  assert.equal(saveJudgement(file, kept), null);
  assert.deepEqual(loadJudgement(file), { kept, trouble: null });
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('at the first start there is nothing, and nothing wrong', () => {
  assert.deepEqual(loadJudgement(join(folder, 'none.json')), { kept: NOTHING_KEPT, trouble: null });
});

for (const [what, text] of Object.entries({
  'half a file': '{"format":1,"homes":[{"programKey":"no',
  'another format': '{"format":2,"bootId":null,"findings":[],"homes":[]}',
  'a record without its days': '{"format":1,"bootId":null,"findings":[],"homes":[{"programKey":"node","port":3000}]}',
})) {
  test(`${what} is set aside and said`, () => {
    const file = join(folder, 'damaged.json');
    writeFileSync(file, text);
    const { kept: found, trouble } = loadJudgement(file);
    assert.deepEqual(found, NOTHING_KEPT);
    assert.match(trouble ?? '', /damaged\.json cannot be understood and was renamed to .*damaged\.json\.damaged/);
    assert.equal(readFileSync(`${file}.damaged`, 'utf8'), text);
  });
}

test('a state directory that cannot be written is said', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.match(saveJudgement(join(file, 'judgement.json'), kept) ?? '', /learned homes are not kept/);
});
