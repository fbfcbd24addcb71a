import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toldPorts } from './told-ports.ts';

const TOLD: readonly (readonly [string, readonly number[]])[] = [
  ['node server.js --port 3000', [3000]],
  ['node server.js --port=3000', [3000]],
  ['node server.js -p 3000', [3000]],
  ['node server.js -p3000', [3000]],
  ['env PORT=3000', [3000]],
  ['app :3000', [3000]],
  ['app 127.0.0.1:3000', [3000]],
  ['app [::1]:3000', [3000]],
  ['app *:3000', [3000]],
  ['app --listen 0.0.0.0:3000', [3000]],
  ['app --bind=[::]:3000', [3000]],
  ['app -b tcp://0.0.0.0:3000', [3000]],
  ['dotnet x.dll --urls http://localhost:5000', [5000]],
  ['java -Dserver.port=8080 -jar x.jar --management.port=8081', [8080, 8081]],
  ['app --httpPort 8080', [8080]],
  ['app --port 3001 --metrics-port 9100 --port 3000', [3000, 3001, 9100]],
  ['docker-proxy -host-ip 0.0.0.0 -host-port 8080 -container-port 80', [8080]],
  ['app --db-port 5432 --redis=127.0.0.1:6379 --upstream backend:8080', []],
  ['app --database postgres://127.0.0.1:5432/shop http://127.0.0.1:80/', []],
  ['app --port 0 --port 65536 --port x --port -1 --port', []],
  ['app 3000 --workers 3000 --timeout=3000', []],
  ['app backend:8080 a:b:80', []],
  ['node --inspect-port=9229 --inspect 127.0.0.1:9230 server.js', []],
  ['java -agentlib:jdwp=transport=dt_socket,address=*:5005 -jar x.jar', []],
  ['portlight agent --listen 127.0.0.1:9620 --expect web=127.0.0.1:3000', [9620]],
  ['mysqld_exporter --mysqld.address=localhost:3306', []],
  ['memcached_exporter --memcached.address 10.0.0.5:11211', []],
  ['app --store 10.0.0.5:8080 10.0.0.6:8081', []],
  ['app --listen 10.20.4.117:3000', [3000]],
  ['app --web.listen-address=10.20.4.117:9104', [9104]],
  ['make -p 4 -p8', []],
  ['3000', []],
];
for (const [commandLine, ports] of TOLD) {
  test(`${commandLine} tells ${ports.join(', ') || 'nothing'}`, () =>
    assert.deepEqual(toldPorts(commandLine.split(' ')), ports));
}

test('a title in one argument tells what stands in it', () => {
  assert.deepEqual(toldPorts(['redis-server 127.0.0.1:6379']), [6379]);
  assert.deepEqual(toldPorts(['node server.js --port 3000']), [3000]);
});

test('any arguments tell ports from 1 to 65535, ascending, each once', () => {
  const argument = fc.oneof(
    fc.string(),
    fc.constantFrom('--port', '-p', ':1', '70000', '99999999999'),
    fc.nat().map(String),
  );
  fc.assert(
    fc.property(fc.array(argument), (argv) => {
      const ports = toldPorts(argv);
      assert.deepEqual(
        ports,
        [...new Set(ports)].sort((a, b) => a - b),
      );
      assert.ok(ports.every((port) => port >= 1 && port <= 65535));
    }),
  );
});
