import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holder, listener } from '../../test/snapshots.ts';
import { confirm, end, start, stoppableUnit } from './steps.ts';

const HOST = { namespacePid: null };
const node = holder({ unit: 'web.service', scope: 'system' });

const UNITS: Readonly<Record<string, readonly [unit: string | null, answer: string | null]>> = {
  'a service': ['web.service', "'web.service'"],
  'an instance of a template': ['web@3000.service', "'web@3000.service'"],
  'an escaped name': ['srv-web\\x2deu.service', "'srv-web\\x2deu.service'"],
  none: [null, null],
  'a scope': ['session-4.scope', null],
  'a transient unit': ['run-u12.service', null],
  'a name that begins like an option': ['-web.service', null],
  'a name with a quote': ["web'; reboot #.service", null],
  'a process manager': ['pm2-deploy.service', null],
  'another process manager': ['supervisor.service', null],
  cron: ['cron.service', null],
};

for (const [name, [unit, answer]] of Object.entries(UNITS)) {
  test(`systemctl is told of ${name}: ${answer ?? 'no'}`, () => {
    assert.equal(stoppableUnit({ ...node, unit }, []), answer);
  });
}

test('a unit of a login gets no systemctl command, and neither does one that runs other programs, too', () => {
  assert.equal(stoppableUnit({ ...node, scope: 'user' }, []), null);
  assert.equal(stoppableUnit(node, [node, holder({ unit: 'web.service' })]), "'web.service'");
  assert.equal(stoppableUnit(node, [holder({ unit: 'web.service', programKey: 'java /srv/other.jar' })]), null);
});

test('a process is ended only while it holds its port', () => {
  assert.equal(
    end('End it', [{ holder: node, listener: listener() }], HOST).command,
    "sudo ss -Hltnp 'sport = :3000' | grep -q 'pid=18231,' && sudo kill -TERM 18231",
  );
  assert.equal(
    end('End it', [{ holder: node, listener: listener() }], { namespacePid: 7 }).command,
    "sudo nsenter -n -t 18231 ss -Hltnp 'sport = :3000' | grep -q 'pid=18231,' && sudo kill -TERM 18231",
  );
});

test('the service is started and its port shown', () => {
  assert.equal(
    start("'web.service'", 3000, HOST).command,
    "sudo systemctl start -- 'web.service'; sleep 5; sudo ss -Hltnp 'sport = :3000'",
  );
});

test('in another network namespace each process is its own way in, and portlight shows who listens in the end', () => {
  const both = [
    { holder: node, listener: listener() },
    { holder: { ...node, pid: 20114 }, listener: listener({ port: 3001 }) },
  ];
  assert.equal(
    end('End them', both, { namespacePid: 7 }).command,
    'for one in 3000:18231 3001:20114; do sudo nsenter -n -t "${one#*:}" ss -Hltnp "sport = :${one%:*}" | ' +
      'grep -q "pid=${one#*:}," && sudo kill -TERM "${one#*:}"; done',
  );
  assert.equal(confirm(3000, { namespacePid: 7 }).command, 'sudo portlight ports --port 3000');
});
