import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { recordKey, type HomeRecord } from './findings/learned-homes.ts';
import { loadHomes, saveHomes } from './homes-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'portlight-homes-'));
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
const homes = new Map([[recordKey(record), record]]);

test('what is kept comes back, for the owner alone to read', () => {
  const file = join(folder, 'new', 'homes.json');
  assert.equal(saveHomes(file, homes), null);
  assert.deepEqual(loadHomes(file), { homes, trouble: null });
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('at the first start there is nothing, and nothing wrong', () => {
  assert.deepEqual(loadHomes(join(folder, 'none.json')), { homes: new Map(), trouble: null });
});

for (const [what, text] of Object.entries({
  'half a file': '{"format":1,"homes":[{"programKey":"no',
  'another format': '{"format":2,"homes":[]}',
  'a record without its days': '{"format":1,"homes":[{"programKey":"node","port":3000}]}',
})) {
  test(`${what} is set aside and said`, () => {
    const file = join(folder, 'damaged.json');
    writeFileSync(file, text);
    const { homes: found, trouble } = loadHomes(file);
    assert.equal(found.size, 0);
    assert.match(trouble ?? '', /damaged\.json cannot be understood and was renamed to .*damaged\.json\.damaged/);
    assert.equal(readFileSync(`${file}.damaged`, 'utf8'), text);
  });
}

test('a state directory that cannot be written is said', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.match(saveHomes(join(file, 'homes.json'), homes) ?? '', /learned homes are not kept/);
});
