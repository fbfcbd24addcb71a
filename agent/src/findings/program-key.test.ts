import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { programKey } from './program-key.ts';

const NODE = '/usr/bin/node';
const PYTHON = '/usr/bin/python3.11';
const JAVA = '/usr/lib/jvm/java-17-openjdk/bin/java';

/** What it shows, executable, arguments, key; the working directory is /srv/shop. */
const CASES: readonly (readonly [string, string, readonly string[], string])[] = [
  ['node', NODE, ['node', 'server.js', '--port', '3000'], 'node /srv/shop/server.js'],
  [
    'node with options and their values',
    NODE,
    ['node', '--enable-source-maps', '-r', 'hook.js', '--env-file', '.env', '/a/b.js'],
    'node /a/b.js',
  ],
  [
    'node with --import, --loader, --require and -C',
    NODE,
    ['node', '--import', 'a', '--loader', 'b', '--require', 'c', '-C', 'd', 'x.js'],
    'node /srv/shop/x.js',
  ],
  ['node with code instead of a script', NODE, ['node', '-e', 'serve()', 'x'], 'node /usr/bin/node'],
  ['a script with an option -p of its own', NODE, ['node', 'x.js', '-p', '3000'], 'node /srv/shop/x.js'],
  ['node with nothing', NODE, ['node'], 'node /usr/bin/node'],
  ['node that changed its title', NODE, ['shop worker'], 'node /srv/shop'],
  ['bun run', '/usr/bin/bun', ['bun', 'run', 'server.ts'], 'bun /srv/shop/server.ts'],
  ['bun x', '/usr/bin/bun', ['bun', 'x', 'vite'], 'bun /srv/shop/vite'],
  ['deno run', '/usr/bin/deno', ['deno', 'run', '--allow-net', 'server.ts'], 'deno /srv/shop/server.ts'],
  ['python with a script', PYTHON, ['python3', '-u', '-W', 'ignore', 'app.py', 'x'], 'python3.* /srv/shop/app.py'],
  ['python -m', PYTHON, ['python3', '-m', 'http.server', '8000'], 'python3.* http.server'],
  ['python with an option before -m', PYTHON, ['python3', '-X', 'dev', '-um', 'shop'], 'python3.* shop'],
  ['python -c', PYTHON, ['python3', '-c', 'serve()'], 'python3.* /usr/bin/python3.*'],
  [
    'gunicorn',
    PYTHON,
    ['/usr/bin/python3', '/venv/bin/gunicorn', '-w', '4', '-b', '0.0.0.0:8000', '--reload', 'app:app'],
    'python3.* /venv/bin/gunicorn app:app',
  ],
  [
    'uvicorn',
    PYTHON,
    ['python3', '/venv/bin/uvicorn', '--port=8000', 'shop.main:app', '--reload'],
    'python3.* /venv/bin/uvicorn shop.main:app',
  ],
  [
    'uvicorn as a module',
    PYTHON,
    ['python3', '-m', 'uvicorn', '--host', '::', 'shop:app'],
    'python3.* uvicorn shop:app',
  ],
  [
    'hypercorn',
    PYTHON,
    ['python3', 'bin/hypercorn', '-b', ':80', 'shop:app'],
    'python3.* /srv/shop/bin/hypercorn shop:app',
  ],
  ['java -jar', JAVA, ['java', '-Xmx1g', '-jar', 'shop-1.2.3.jar', '--server.port=80'], 'java /srv/shop/shop-*.jar'],
  [
    'java with a main class',
    JAVA,
    ['java', '-cp', 'a.jar:b.jar', '-Dx=y', 'com.example.Main', 'x'],
    'java com.example.Main',
  ],
  ['java with a module', JAVA, ['java', '-p', 'mods', '-m', 'shop/com.example.Main'], 'java shop/com.example.Main'],
  ['php -S', '/usr/bin/php8.2', ['php', '-S', '127.0.0.1:8000'], 'php8.* /srv/shop'],
  [
    'php -S with a folder',
    '/usr/bin/php8.2',
    ['php', '-S', '127.0.0.1:8000', '-t', 'public'],
    'php8.* /srv/shop/public',
  ],
  ['dotnet', '/usr/bin/dotnet', ['dotnet', 'Shop.dll', '--urls', 'http://*:80'], 'dotnet /srv/shop/Shop.dll'],
  [
    'Erlang by its long name',
    '/usr/lib/erlang/erts-13.2/bin/beam.smp',
    ['beam.smp', '-W', 'w', '-name', 'rabbit@web-01', '-x'],
    'beam.smp rabbit',
  ],
  ['Erlang by its short name', '/usr/lib/erlang/bin/beam.smp', ['beam.smp', '-sname', 'shop'], 'beam.smp shop'],
  ['bundle', '/usr/bin/ruby3.1', ['ruby', '/usr/bin/bundle', 'exec', 'puma'], 'ruby3.* /srv/shop'],
  ['rackup', '/usr/bin/ruby3.1', ['ruby', '/usr/bin/rackup', '-p', '80'], 'ruby3.* /srv/shop'],
  ['puma', '/usr/bin/ruby3.1', ['ruby', '/usr/bin/puma'], 'ruby3.* /srv/shop'],
  ['puma with its title', '/usr/bin/ruby3.1', ['puma 6.4.0 (tcp://0.0.0.0:3000) [shop]'], 'ruby3.* /srv/shop'],
  ['anything else', '/usr/sbin/nginx', ['nginx', '-g', 'daemon off;'], 'nginx /usr/sbin/nginx'],
  [
    'one argument that is the executable',
    '/usr/bin/redis-server',
    ['/usr/bin/redis-server'],
    'redis-server /usr/bin/redis-server',
  ],
  [
    'a release of a binary of its own',
    '/opt/shop/releases/7/shop-1.2.3',
    ['./shop-1.2.3', 'x'],
    'shop-* /opt/shop/releases/*/shop-*',
  ],
  ['a hidden command line', NODE, [], 'node /usr/bin/node'],
];
for (const [what, executable, argv, expected] of CASES) {
  test(`${what} is ${expected}`, () => assert.equal(programKey({ executable, argv, cwd: '/srv/shop' }), expected));
}

test('old and new release, port and pid are one program', () => {
  const key = (release: string, port: string) =>
    programKey({ executable: NODE, argv: ['node', 'server.js', '--port', port], cwd: `/srv/shop/releases/${release}` });
  assert.equal(key('20261123', '3000'), key('20261124', '3001'));
});

test('an executable that may not be read is named by its first argument', () => {
  assert.equal(programKey({ executable: null, argv: ['/usr/sbin/sshd', '-D'], cwd: null }), 'sshd /usr/sbin/sshd');
  assert.equal(programKey({ executable: null, argv: [], cwd: null }), 'unknown unknown');
});

test('controls in names are escaped', () => {
  assert.equal(programKey({ executable: '/srv/a\nb', argv: ['x', 'y'], cwd: null }), 'a\\nb /srv/a\\nb');
});

test('two long keys with the same beginning are two', () => {
  const key = (end: string) =>
    programKey({ executable: NODE, argv: ['node', `/srv/${'shop/'.repeat(100)}${end}`], cwd: '/' });
  assert.equal(key('a').length, 256);
  assert.notEqual(key('a'), key('b'));
});

test('any arguments make a key of at most 256 characters without controls', () => {
  const text = fc.string({ unit: 'binary' });
  const executable = fc.oneof(text, fc.constantFrom(NODE, PYTHON, JAVA, '/usr/bin/php', '/usr/bin/ruby', null));
  const argument = fc.oneof(text, fc.constantFrom('-m', '-r', '-jar', '-S', '--', '-', 'run', 'uvicorn'));
  fc.assert(
    fc.property(executable, fc.array(argument), fc.option(text), (path, argv, cwd) => {
      assert.match(programKey({ executable: path, argv, cwd }), /^[^\p{Cc}]{1,256}$/u);
    }),
  );
});
