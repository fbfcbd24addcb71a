import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readAgentConfig, readCheckConfig, readPortsConfig } from './config.ts';

const faultsOf = (args: string[], env = {}) => {
  const invocation = readAgentConfig(args, env);
  return invocation.kind === 'faults' ? invocation.faults : [];
};

const valuesOf = (args: string[], env = {}) => {
  const invocation = readAgentConfig(args, env);
  return invocation.kind === 'run' ? invocation.values : assert.fail();
};

suite('options', () => {
  test('a flag wins over the environment, the environment over the default', () => {
    const env = { PORTLIGHT_AGENT_SCAN_EVERY: '5s' };
    assert.equal(valuesOf([]).scanEvery, 1000);
    assert.equal(valuesOf([], env).scanEvery, 5000);
    assert.equal(valuesOf(['--scan-every', '250ms'], env).scanEvery, 250);
    assert.equal(valuesOf(['--scan-every=2m']).scanEvery, 120_000);
  });

  test('a repeatable option takes many flags, or blanks in the environment', () => {
    const wanted = [
      ['zone', 'a'],
      ['group', 'web=1'],
    ];
    assert.deepEqual(valuesOf(['--label', 'zone=a', '--label', 'group=web=1']).label, wanted);
    assert.deepEqual(valuesOf([], { PORTLIGHT_AGENT_LABEL: ' zone=a  group=web=1 ' }).label, wanted);
  });

  test('a switch is off unless given', () => {
    assert.equal(valuesOf([]).noCommandLines, false);
    assert.equal(valuesOf(['--no-command-lines']).noCommandLines, true);
    assert.equal(valuesOf([], { PORTLIGHT_AGENT_NO_COMMAND_LINES: '1' }).noCommandLines, true);
    assert.equal(valuesOf([], { PORTLIGHT_AGENT_NO_COMMAND_LINES: '0' }).noCommandLines, false);
  });

  test('help and version are asked for, whatever else is wrong', () => {
    assert.equal(readAgentConfig(['--help', '--scan-every', '5'], {}).kind, 'help');
    assert.equal(readPortsConfig(['-V'], {}).kind, 'version');
  });
});

suite('faults of a configuration', () => {
  const cases: [string, string[], RegExp][] = [
    ['an unknown option', ['--scna-every', '5s'], /^unknown option "--scna-every"; see --help$/],
    ['a word too many', ['agent'], /^unexpected argument "agent"$/],
    ['a missing value', ['--server'], /^--server: expected URL after it$/],
    ['a time without a unit', ['--scan-every', '5'], /^--scan-every: expected a time from 200ms to 1h, got "5"$/],
    ['a time too short', ['--scan-every', '10ms'], /^--scan-every: expected a time/],
    ['a port that is none', ['--listen', '127.0.0.1:70000'], /^--listen: expected ADDRESS:PORT/],
    ['an address that is none', ['--listen', 'nowhere:9620'], /^--listen: expected ADDRESS:PORT/],
    ['a password in a URL', ['--server', 'https://a:b@c'], /^--server: expected a URL without user and password/],
    ['a label without a value', ['--label', 'zone'], /^--label: expected key=value/],
    [
      'an expectation without a place',
      ['--expect', 'web'],
      /^--expect: expected NAME=ADDRESS:PORT such as .*, got "web"$/,
    ],
    [
      'an expectation given twice',
      ['--expect', 'web=127.0.0.1:1', '--expect', 'web=127.0.0.1:2'],
      /^--expect web=…: expected each name once/,
    ],
    ['a limit beyond reason', ['--metrics-max-listeners', '-1'], /^--metrics-max-listeners/],
    ['a label by a bad name', ['--label', '__address__=x'], /^--label: expected key=value/],
    [
      'an open endpoint without a token',
      ['--listen', '0.0.0.0:9620'],
      /reachable from other machines: give --read-token-file/,
    ],
    ['a proxy of another kind', ['--proxy', 'socks5://proxy:1080'], /^--proxy: expected a URL such as http:/],
    [
      'plain http to another machine',
      ['--server', 'http://10.0.0.1:9621'],
      /unencrypted: use https:\/\/, or say --allow-plain-http$/,
    ],
  ];
  for (const [name, args, expected] of cases) {
    test(`${name} is one clear sentence`, () => {
      const faults = faultsOf(args);
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', expected);
    });
  }

  test('all of them are told together, those of the environment by its names', () => {
    const faults = faultsOf(['--bad', '--scan-every', 'x'], {
      PORTLIGHT_AGENT_LISTEN: 'x',
      PORTLIGHT_AGENT_LOG_LEVEL: 'loud',
    });
    assert.deepEqual(faults, [
      'unknown option "--bad"; see --help',
      'PORTLIGHT_AGENT_LISTEN: expected ADDRESS:PORT such as 127.0.0.1:9620 or [::1]:9620, or unix:PATH, got "x"',
      '--scan-every: expected a time from 200ms to 1h, got "x"',
      'PORTLIGHT_AGENT_LOG_LEVEL: expected error, warn, info, debug, got "loud"',
    ]);
  });

  test('a proxy’s password is neither taken nor shown', () => {
    const [fault = ''] = faultsOf(['--proxy', 'http://me:s3cret@proxy:3128']);
    assert.match(fault, /^--proxy: expected .* \(they go into HTTPS_PROXY\), got "http:\/\/\*\*\*@proxy:3128"$/);
  });

  test('what is allowed is no fault', () => {
    assert.deepEqual(faultsOf(['--server', 'http://localhost:9621']), []);
    assert.deepEqual(faultsOf(['--server', 'http://10.0.0.1:9621', '--allow-plain-http']), []);
    assert.deepEqual(faultsOf(['--proxy', 'http://proxy:3128']), []);
    assert.deepEqual(faultsOf(['--listen', '0.0.0.0:1', '--read-token-file', 'x']), []);
    assert.deepEqual(faultsOf(['--listen', 'unix:/run/portlight.sock']), []);
  });
});

suite('portlight check', () => {
  const read = (...args: string[]) => readCheckConfig(args, {});
  const values = (...args: string[]) => {
    const invocation = read(...args);
    return invocation.kind === 'run' ? invocation.values : assert.fail();
  };
  const WEB = ['--expect', 'web=127.0.0.1:3000'];

  test('takes many expectations and places, from the environment too', () => {
    const { expect, free } = values(...WEB, '--expect', 'api=[::1]:80', '--free', '0.0.0.0:1', '--free', '[::]:2');
    assert.deepEqual(
      expect.map(({ name }) => name),
      ['web', 'api'],
    );
    assert.deepEqual(free, [
      { address: '0.0.0.0', port: 1 },
      { address: '::', port: 2 },
    ]);
    const env = { PORTLIGHT_AGENT_EXPECT: 'web=127.0.0.1:3000  api=127.0.0.1:4000|127.0.0.1:4100' };
    const fromEnvironment = readCheckConfig([], env);
    assert.equal(fromEnvironment.kind === 'run' && fromEnvironment.values.expect.length, 2);
  });

  test('--newer-than is a pid or a time', () => {
    const newerThan = (text: string) => values(...WEB, '--newer-than', text).newerThan;
    assert.deepEqual(newerThan('18231'), { kind: 'process', pid: 18231 });
    const at = new Date('2026-11-23T15:17:05.000Z');
    assert.deepEqual(newerThan('2026-11-23T15:17:05Z'), { kind: 'time', at });
    assert.deepEqual(newerThan('2026-11-23T16:17:05+01:00'), { kind: 'time', at });
  });

  const faults: [string, string[], RegExp][] = [
    ['nothing to check', [], /^nothing to check: expected --expect/],
    ['a time of no zone', [...WEB, '--newer-than', '2026-11-23T15:17:05'], /^--newer-than: expected a pid, or a time/],
    ['a pid that cannot be', [...WEB, '--newer-than', '0'], /^--newer-than: expected a pid/],
    ['a place that is none', ['--free', '3000'], /^--free: expected ADDRESS:PORT/],
    [
      'newer, and nothing to be it',
      ['--free', '127.0.0.1:1', '--newer-than', '1'],
      /^--newer-than: expected with --expect/,
    ],
    ['a wait without a unit', [...WEB, '--wait', '20'], /^--wait: expected a time from 0s to 1h/],
  ];
  for (const [name, args, expected] of faults) {
    test(`${name} is a fault`, () => {
      const invocation = read(...args);
      assert.match(invocation.kind === 'faults' ? invocation.faults.join('\n') : 'none', expected);
    });
  }

  test('each bad one of several is told by itself', () => {
    const invocation = read('--expect', 'a', ...WEB, '--expect', 'b=localhost:1', '--free', 'x');
    assert.equal(invocation.kind === 'faults' && invocation.faults.length, 3);
  });
});
