import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText } from './config-help.ts';
import { readCommand, readFunctionConfig } from './config.ts';
import { OPTIONS } from './config-options.ts';
import { SUBCOMMANDS } from './config-subcommands.ts';

type Environment = Readonly<Record<string, string>>;

function configOf(args: readonly string[], environment: Environment = {}) {
  const command = readCommand(args, environment);
  assert.equal(command.kind, 'run', JSON.stringify(command));
  return command.config;
}

function faultsOf(args: readonly string[], environment: Environment = {}): readonly string[] {
  const command = readCommand(args, environment);
  assert.equal(command.kind, 'faults');
  return command.faults;
}

test('without any option the server listens on loopback with an embedded store', () => {
  const { listen, store, retentionMs, maxStoreBytes, silentAfterMs, forgetAfterMs, readTokenFile } = configOf([]);
  assert.deepEqual(
    { listen, store, retentionMs, maxStoreBytes, silentAfterMs, forgetAfterMs, readTokenFile },
    {
      listen: { host: '127.0.0.1', port: 9621 },
      store: { kind: 'sqlite', path: '/var/lib/portlight-server/portlight.db' },
      maxStoreBytes: null,
      retentionMs: 30 * 86_400_000,
      silentAfterMs: 60_000,
      forgetAfterMs: 7 * 86_400_000,
      readTokenFile: null,
    },
  );
});

test('a flag wins over the environment, the environment over the default', () => {
  const environment = { PORTLIGHT_SERVER_RETENTION: '2d', PORTLIGHT_SERVER_SILENT_AFTER: '90s' };
  const { retentionMs, silentAfterMs } = configOf(['--retention', '1d'], environment);
  assert.deepEqual([retentionMs, silentAfterMs], [86_400_000, 90_000]);
});

test('a store is a file or a database, and its size a number with a unit', () => {
  const url = 'postgresql://me@db.example.com:5433/portlight?sslmode=require';
  assert.deepEqual(configOf(['--store', url]).store, { kind: 'postgres', url });
  assert.deepEqual(configOf(['--store', 'sqlite:/data/x.db']).store, { kind: 'sqlite', path: '/data/x.db' });
  const bytes = ['20000000', '500M', '20G', '1T'].map((text) => configOf(['--max-store', text]).maxStoreBytes);
  assert.deepEqual(bytes, [20_000_000, 500 * 2 ** 20, 20 * 2 ** 30, 2 ** 40]);
});

test('a function needs all three tokens, wherever it listens', () => {
  const [enroll, read] = [{ PORTLIGHT_SERVER_ENROLL_TOKEN_FILE: '/e' }, { PORTLIGHT_SERVER_READ_TOKEN_FILE: '/r' }];
  const missing = readFunctionConfig({ ...enroll, ...read });
  assert.equal(missing.kind, 'faults');
  assert.match(missing.faults.join(), /^a function lets others in, .* in PORTLIGHT_SERVER_ADMIN_TOKEN_FILE$/);
  const all = readFunctionConfig({ ...enroll, ...read, PORTLIGHT_SERVER_ADMIN_TOKEN_FILE: '/a' });
  assert.equal(all.kind, 'run');
});

test('networks repeat as flags and are separated by blanks in the environment', () => {
  const both = [
    { address: '10.0.0.0', prefix: 8 },
    { address: '2001:db8::', prefix: 32 },
  ];
  assert.deepEqual(configOf(['--agent-network', '10.0.0.0/8', '--agent-network=2001:db8::/32']).agentNetworks, both);
  assert.deepEqual(configOf([], { PORTLIGHT_SERVER_AGENT_NETWORK: '10.0.0.0/8  2001:db8::/32' }).agentNetworks, both);
});

const FAULTS: readonly (readonly [readonly string[], RegExp])[] = [
  [['--listen', 'nowhere'], /^--listen: expected an address and a port, as 127\.0\.0\.1:9621.*, got "nowhere"$/],
  [['--listen', '127.0.0.1:70000'], /^--listen: expected/],
  [['--retention', '5'], /^--retention: expected a time from 1h to 3650d, .*got "5"$/],
  [['--silent-after', '0s'], /^--silent-after: expected/],
  [['--store', 'postgres://me:secret@db'], /^--store: expected sqlite:PATH or postgres:.*, got "postgres:\/\/…@db"$/],
  [['--max-store', '20'], /^--max-store: expected a number of bytes from 16M, .*, got "20"$/],
  [['--max-store', '2g'], /^--max-store: expected/],
  [['--agent-network', '10.0.0.0/40'], /^--agent-network: expected networks/],
  [['--public-url', 'portlight'], /^--public-url: expected/],
  [['--log-level', 'loud'], /^--log-level: expected one of debug, info, warn, error, got "loud"$/],
  [['--retention', '1d', '--retention', '2d'], /^--retention: expected one value, got 2$/],
  [['--alertmanager', 'http://x'], /^unknown option --alertmanager/],
  [['--retention'], /^--retention: expected a value$/],
  [['serve'], /^unexpected argument "serve"; the commands are backup FILE, restore FILE, check-store/],
  [['backup'], /^backup: expected portlight-server backup FILE, got 0 arguments$/],
  [['restore', 'one', 'two'], /^restore: expected portlight-server restore FILE, got 2 arguments$/],
  [['check-store', 'file'], /^check-store: expected portlight-server check-store \[--json\], got 1 arguments$/],
  [['backup', 'file', '--listen', '127.0.0.1:1'], /^--listen: backup takes --state-dir and --store only$/],
  [['backup', 'file', '--json'], /^--json: only check-store takes it$/],
  [['--json'], /^--json: only check-store takes it$/],
  [['backup', 'file', '--store', 'mysql:x'], /^--store: expected sqlite:PATH/],
  [
    ['--listen', '0.0.0.0:9621'],
    /^--listen 0\.0\.0\.0 lets others in, so tokens are required: openssl rand -hex 32 > enroll-token/,
  ],
  [['--public-url', 'https://portlight.example.com'], /^--public-url lets others in, so tokens are required/],
];

for (const [args, expected] of FAULTS) {
  test(`${args.join(' ')} is refused with what was expected`, () => {
    assert.ok(
      faultsOf(args).some((fault) => expected.test(fault)),
      faultsOf(args).join('\n'),
    );
  });
}

test('all faults are reported together, those of the environment by its names', () => {
  const faults = faultsOf(['--listen', 'x', '--unknown'], { PORTLIGHT_SERVER_RETENTION: 'ever' });
  assert.equal(faults.length, 3);
  assert.match(faults.join('\n'), /^PORTLIGHT_SERVER_RETENTION: expected/m);
});

const TOKENS = ['--enroll-token-file', '/e', '--read-token-file', '/r', '--admin-token-file', '/a'];
const PROXY = [...TOKENS, '--trust-proxy', '10.0.0.1'];

const ACCESS_FAULTS: readonly (readonly [readonly string[], RegExp])[] = [
  [['--trust-proxy', '10.0.0.0/8'], /^--trust-proxy lets others in, so tokens are required/],
  [['--trust-proxy', 'proxy.example.com'], /^--trust-proxy: expected networks/],
  [[...TOKENS, '--auth-header', 'Remote-User'], /^--auth-header: expected --trust-proxy/],
  [[...TOKENS, '--trust-proxy', '::/0', '--auth-header', 'Remote-User'], /^--auth-header: .* anyone could be anyone$/],
  [[...PROXY, '--auth-header', 'Remote User'], /^--auth-header: expected the name of a header/],
  [[...PROXY, '--group-header', 'Groups', '--admin-group', 'ops'], /^--group-header and .*: expected --auth-header/],
  [[...PROXY, '--auth-header', 'User', '--admin-group', 'ops'], /^--group-header and .*: expected both or none/],
  [['--tls-cert-file', '/cert'], /^--tls-cert-file and --tls-key-file: expected both or none/],
];

for (const [args, expected] of ACCESS_FAULTS) {
  test(`${args.join(' ')} does not go together`, () => {
    assert.ok(
      faultsOf(args).some((fault) => expected.test(fault)),
      faultsOf(args).join('\n'),
    );
  });
}

test('proxies, the headers in which they sign people in, and TLS', () => {
  const headers = ['--auth-header', 'Remote-User', '--group-header', 'Remote-Groups', '--admin-group', 'net ops'];
  const tls = ['--tls-cert-file', '/cert', '--tls-key-file', '/key'];
  const { trustedProxies, authHeader, groupHeader, adminGroup, tlsCertFile, tlsKeyFile } = configOf([
    ...[...PROXY, '--trust-proxy', '2001:db8::/64'],
    ...headers,
    ...tls,
  ]);
  assert.deepEqual(
    { trustedProxies, authHeader, groupHeader, adminGroup, tlsCertFile, tlsKeyFile },
    {
      trustedProxies: [
        { address: '10.0.0.1', prefix: 32 },
        { address: '2001:db8::', prefix: 64 },
      ],
      ...{ authHeader: 'remote-user', groupHeader: 'remote-groups', adminGroup: 'net ops' },
      ...{ tlsCertFile: '/cert', tlsKeyFile: '/key' },
    },
  );
});

test('with three token files the server may listen anywhere', () => {
  assert.deepEqual(configOf(['--listen', '[::]:9621', ...TOKENS]).listen, { host: '::', port: 9621 });
});

test('a command reads where the store is, and nothing else', () => {
  const environment = { PORTLIGHT_SERVER_STATE_DIR: '/state', PORTLIGHT_SERVER_LISTEN: 'nowhere' };
  const backup = { kind: 'subcommand', subcommand: { name: 'backup', file: 'copy.zst' } };
  assert.deepEqual(readCommand(['backup', 'copy.zst'], environment), {
    ...backup,
    config: { store: { kind: 'sqlite', path: '/state/portlight.db' } },
  });
  assert.deepEqual(readCommand(['--store', 'sqlite:/a.db', 'backup', 'copy.zst'], {}), {
    ...backup,
    config: { store: { kind: 'sqlite', path: '/a.db' } },
  });
  assert.deepEqual(readCommand(['check-store', '--json'], environment), {
    kind: 'subcommand',
    subcommand: { name: 'check-store', isJson: true },
    config: { store: { kind: 'sqlite', path: '/state/portlight.db' } },
  });
});

test('help names every command', () => {
  for (const { usage } of Object.values(SUBCOMMANDS)) assert.ok(helpText().includes(`  ${usage}\n`));
});

test('help names every option with its environment name', () => {
  for (const { flag } of Object.values(OPTIONS)) {
    assert.match(helpText(), new RegExp(`--${flag} `));
    assert.match(helpText(), new RegExp(`PORTLIGHT_SERVER_${flag.toUpperCase().replaceAll('-', '_')}$`, 'm'));
  }
});
