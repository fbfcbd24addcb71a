import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskSecrets } from './mask-secrets.ts';

const MASKED: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['app', '--password', 'hunter2', '--port', '3000'],
    ['app', '--password', '***', '--port', '3000'],
  ],
  [
    ['app', '--db-passwd=hunter2'],
    ['app', '--db-passwd=***'],
  ],
  [
    ['app', 'API_KEY=hunter2'],
    ['app', 'API_KEY=***'],
  ],
  [
    ['java', '-Dspring.datasource.password=hunter2', '-Dserver.port=80'],
    ['java', '-Dspring.datasource.password=***', '-Dserver.port=80'],
  ],
  [
    ['app', '--client-secret', 'hunter2'],
    ['app', '--client-secret', '***'],
  ],
  [
    ['app', '--credentials=hunter2 with blanks'],
    ['app', '--credentials=***'],
  ],
  [
    ['redis-server', '--requirepass', 'hunter2'],
    ['redis-server', '--requirepass', '***'],
  ],
  [
    ['beam.smp', '-setcookie', 'HUNTER'],
    ['beam.smp', '-setcookie', '***'],
  ],
  [
    ['mysql', '-phunter2', '-P', '3306'],
    ['mysql', '-p***', '-P', '3306'],
  ],
  [
    ['sshpass', '-p', 'hunter', 'ssh'],
    ['sshpass', '-p', '***', 'ssh'],
  ],
  [
    ['app', '-pS3cret'],
    ['app', '-p***'],
  ],
  [
    ['curl', '-u', 'joe:hunter2', 'http://h/'],
    ['curl', '-u', 'joe:***', 'http://h/'],
  ],
  [
    ['curl', '-H', 'Authorization: Bearer hunter2'],
    ['curl', '-H', 'Authorization: ***'],
  ],
  [
    ['curl', '-H', 'X-Api-Key: hunter2'],
    ['curl', '-H', 'X-Api-Key: ***'],
  ],
  [
    ['app', 'postgres://joe:hunter2@db:5432/shop'],
    ['app', 'postgres://joe:***@db:5432/shop'],
  ],
  [
    ['app', '--url=redis://:hunter2@h:6379'],
    ['app', '--url=redis://:***@h:6379'],
  ],
  [
    ['app', 'postgres://joe:p@ss/w0rd@db/shop'],
    ['app', 'postgres://joe:***@db/shop'],
  ],
  [
    ['app', 'joe:hunter2@tcp(127.0.0.1:3306)/db'],
    ['app', 'joe:***@tcp(127.0.0.1:3306)/db'],
  ],
  [
    ['git', 'https://0123456789abcdef0123@example.org/x'],
    ['git', 'https://***@example.org/x'],
  ],
  [
    ['app', 'http://h/?token=hunter2&page=1'],
    ['app', 'http://h/?token=***'],
  ],
  [
    ['app', '{"password": "hunter2"}'],
    ['app', '{"password": ***'],
  ],
  [
    ['sh', '-c', 'mysql --password hunter2 shop'],
    ['sh', '-c', 'mysql --password ***'],
  ],
  [
    ['app', '--id=9f86d081884c7d659a2feaa0c55ad015'],
    ['app', '--id=***'],
  ],
  [
    ['app', '--x=dGhpcyBpcyBub3QgYSBwYXNzd29yZA=='],
    ['app', '--x=***'],
  ],
  [
    ['app', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
    ['app', '***'],
  ],
  [
    ['app', '--auth', 'hunter2'],
    ['app', '--auth', '***'],
  ],
];
for (const [argv, expected] of MASKED) {
  test(`${argv.join(' ')} is shown as ${expected.join(' ')}`, () => assert.deepEqual(maskSecrets(argv), expected));
}

const SHOWN: readonly (readonly string[])[] = [
  ['node', '/srv/shop/server.js', '--port', '3000', '-p', '3001', '-p3002', '-port', '3003'],
  ['app', '--auth-port=3000', '--auth-port', '3001', '--verify-auth', '--port', '1'],
  ['app', '--config=/opt/app/releases/20261123151705/config/production.yml'],
  ['curl', 'http://example.org:8080/a@b'],
  ['postgres', '-D', '/var/lib/postgresql/14/main', '-c', 'config_file=/etc/postgresql/14/main/postgresql.conf'],
  ['java', '-cp', '/usr/share/java/some-library-1.2.3.jar:/opt/x', 'com.example.Main'],
  [],
  [''],
];
for (const argv of SHOWN)
  test(`nothing of ${argv.join(' ')} is masked`, () => assert.deepEqual(maskSecrets(argv), argv));

test('any arguments keep their number, and hostile ones cost no time worth speaking of', () => {
  const piece = fc.constantFrom('key', '=', ':', ' ', '-', '--pass', '://', '@', 'a', 'eyJ', '\t', '"', '9', '/');
  const hostile = fc.tuple(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 20_000 }));
  const argument = fc.oneof(
    fc.string({ unit: 'binary' }),
    hostile.map(([pieces, times]) => pieces.join('').repeat(times)),
  );
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 3 }), (argv) => {
      const before = process.cpuUsage();
      assert.equal(maskSecrets(argv).length, argv.length);
      assert.ok(process.cpuUsage(before).user < 500_000);
    }),
  );
});
