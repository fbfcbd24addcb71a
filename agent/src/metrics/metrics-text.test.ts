import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { drift } from '../../test/findings.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { type Event, type Expectation, type Listener, type Snapshot } from '../contract.ts';
import { Figures } from './figures.ts';
import { metricsText, type MetricsParts } from './metrics-text.ts';

const expectation = (changes: Partial<Expectation> = {}): Expectation => ({
  name: 'web',
  places: [{ address: '127.0.0.1', port: 3000 }],
  unit: null,
  exe: null,
  user: null,
  ...changes,
});

const textOf = (taken: Snapshot, changes: Partial<MetricsParts> = {}) =>
  metricsText({
    snapshot: taken,
    expectations: [],
    counted: new Figures().counted,
    push: null,
    isHealthy: true,
    mostListeners: 200,
    ...changes,
  });

/** Each series of that name, without it: `{protocol="tcp"} 1`. */
const series = (text: string, name: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => line.slice(name.length).trim());
const of = (listeners: readonly Listener[], name: string, changes: Partial<MetricsParts> = {}) =>
  series(textOf(snapshot(listeners), changes), name);

const connections = { established: 3, unaccepted: 1, synReceived: 2, closeWait: 4, finWait: 0, timeWait: 5 };

suite('metrics of listeners', () => {
  test('who holds it, without pid', () => {
    const [info] = of([listener()], 'portlight_listener_info');
    assert.equal(
      info,
      '{protocol="tcp",address="127.0.0.1",port="3000",program="node",unit="web.service",user="web",exposure="loopback",namespace="host"} 1',
    );
    assert.doesNotMatch(textOf(snapshot([listener()])), /18231|[{,]pid=/);
  });

  test('an unknown holder leaves program and unit empty; the user is that of the socket', () => {
    const unknown = listener({ holders: [], holdersUnknown: 'denied', user: null, uid: 4711 });
    assert.match(of([unknown], 'portlight_listener_info').join(), /,program="",unit="",user="4711",/);
  });

  test('PID 1 holds a socket for its service', () => {
    const held = listener({ holders: [holder({ pid: 1, program: 'systemd', unit: 'init.scope' }), holder()] });
    assert.match(of([held], 'portlight_listener_info').join(), /,program="node",unit="web.service",/);
  });

  test('twins by SO_REUSEPORT are one series: queues and connections added, the latest opening', () => {
    const twins = [
      listener({ inode: '1', acceptQueue: 2, connections, openedAt: '2026-11-23T03:00:00.000Z' }),
      listener({ inode: '2', acceptQueue: 3, connections: null, openedAt: '2026-11-23T03:00:01.500Z' }),
    ];
    const place = 'protocol="tcp",address="127.0.0.1",port="3000"';
    assert.equal(of(twins, 'portlight_listener_info').length, 1);
    assert.deepEqual(of(twins, 'portlight_listener_accept_queue'), [`{${place}} 5`]);
    assert.deepEqual(of(twins, 'portlight_listener_opened_timestamp_seconds'), [`{${place}} 1795402801.5`]);
    assert.deepEqual(of(twins, 'portlight_listener_connections'), [
      `{${place},state="established"} 3`,
      `{${place},state="unaccepted"} 1`,
      `{${place},state="syn_received"} 2`,
      `{${place},state="close_wait"} 4`,
      `{${place},state="fin_wait"} 0`,
      `{${place},state="time_wait"} 5`,
    ]);
    assert.ok(of(twins, 'portlight_listeners').includes('{protocol="tcp",exposure="loopback"} 2'));
  });

  test('what is not known is absent', () => {
    const text = textOf(snapshot([listener({ acceptQueue: null })]));
    for (const name of ['accept_queue', 'connections', 'opened_timestamp_seconds']) {
      assert.doesNotMatch(text, new RegExp(`portlight_listener_${name}`));
    }
  });

  test('listeners of containers are only counted', () => {
    const inside = listener({ isHostNamespace: false, networkNamespace: '4026532000', port: 80 });
    const text = textOf(snapshot([listener(), inside]));
    assert.equal(series(text, 'portlight_listener_info').length, 1);
    assert.deepEqual(series(text, 'portlight_listeners_in_other_namespaces'), ['1']);
  });
});

suite('the limit of series', () => {
  const many = Array.from({ length: 10 }, (_, at) => listener({ port: 3000 + at, inode: String(at) }));
  const ports = (listeners: readonly Listener[], mostListeners: number) =>
    of(listeners, 'portlight_listener_info', { mostListeners }).map((one) => /port="(\d+)"/.exec(one)?.[1]);

  test('the lowest ports stay, the rest is counted and still in the totals', () => {
    assert.deepEqual(ports(many, 3), ['3000', '3001', '3002']);
    assert.deepEqual(of(many, 'portlight_listener_accept_queue', { mostListeners: 3 }).length, 3);
    assert.deepEqual(of(many, 'portlight_listeners_omitted', { mostListeners: 3 }), ['7']);
    assert.deepEqual(of(many, 'portlight_listeners_omitted'), ['0']);
    assert.ok(
      of(many, 'portlight_listeners', { mostListeners: 3 }).includes('{protocol="tcp",exposure="loopback"} 10'),
    );
  });

  test('declared services come first', () => {
    assert.deepEqual(ports([...many, listener({ port: 9000, inode: 'x', service: 'web' })], 2), ['9000', '3000']);
  });

  test('sockets of one place are all there or not at all, whoever holds them', () => {
    const sharers = ['a', 'b', 'c'].map((program, at) =>
      listener({ port: 80, inode: `s${at}`, holders: [holder({ program })], acceptQueue: 1 }),
    );
    assert.deepEqual(ports([...sharers, ...many], 2), ['3000', '3001']);
    assert.deepEqual(ports([...sharers, ...many], 3), ['80', '80', '80']);
    assert.match(of(sharers, 'portlight_listener_accept_queue', { mostListeners: 3 }).join(), / 3$/);
  });

  test('findings have the same limit', () => {
    const findings = ['one', 'two', 'three'].map((program) => drift({ program }));
    const text = textOf(snapshot([listener()], { findings }), { mostListeners: 2 });
    assert.equal(series(text, 'portlight_finding').length, 2);
    assert.deepEqual(series(text, 'portlight_findings_omitted'), ['1']);
  });

  test('none at all leaves the totals', () => {
    assert.deepEqual(ports(many, 0), []);
    assert.deepEqual(of(many, 'portlight_listeners_omitted', { mostListeners: 0 }), ['10']);
  });
});

suite('metrics of services and findings', () => {
  const cases: [string, Listener[], Expectation, string[]][] = [
    ['is up where it is served', [listener()], expectation(), ['{service="web"} 1']],
    ['is up behind a wildcard', [listener({ address: '0.0.0.0' })], expectation(), ['{service="web"} 1']],
    ['is down elsewhere', [listener({ port: 3001 })], expectation(), ['{service="web"} 0']],
    ['is down when another unit is there', [listener()], expectation({ unit: 'api.service' }), ['{service="web"} 0']],
    [
      'is unknown when who is there may not be seen',
      [listener({ holders: [], holdersUnknown: 'denied' })],
      expectation({ unit: 'web.service' }),
      [],
    ],
    [
      'is up whoever is there when anybody will do',
      [listener({ holders: [], holdersUnknown: 'denied' })],
      expectation(),
      ['{service="web"} 1'],
    ],
  ];
  for (const [what, listeners, declared, expected] of cases) {
    test(`a declared service ${what}`, () => {
      assert.deepEqual(of(listeners, 'portlight_expected_up', { expectations: [declared] }), expected);
    });
  }

  test('two services at one place are both up', () => {
    const expectations = [expectation(), expectation({ name: 'api' })];
    assert.deepEqual(of([listener()], 'portlight_expected_up', { expectations }), [
      '{service="web"} 1',
      '{service="api"} 1',
    ]);
  });

  test('a finding is 1 while it is there, its unknown fields empty', () => {
    const findings = [drift({ service: 'web' }), drift({ severity: 'notice', port: null, address: null })];
    assert.deepEqual(series(textOf(snapshot([], { findings })), 'portlight_finding'), [
      '{kind="drift",severity="critical",program="node",service="web",address="127.0.0.1",port="3000"} 1',
      '{kind="drift",severity="notice",program="node",service="",address="",port=""} 1',
    ]);
  });

  test('where nothing at all is seen, nothing is said of listeners and services', () => {
    const taken = snapshot([]);
    const text = textOf({ ...taken, coverage: { ...taken.coverage, processes: 0 } }, { expectations: [expectation()] });
    assert.doesNotMatch(text, /portlight_(listeners|expected_up|finding)/);
    assert.deepEqual(series(text, 'portlight_coverage_processes'), ['0']);
  });
});

suite('metrics of the machine and the agent', () => {
  test('limits, and none where they are hidden', () => {
    const taken = snapshot([]);
    const text = textOf({ ...taken, kernel: { ...taken.kernel, listenOverflows: null, fileHandles: null } });
    assert.doesNotMatch(text, /overflows|file_handles|in_use/);
    assert.deepEqual(series(text, 'portlight_kernel_listen_drops_total'), ['0']);
    assert.deepEqual(series(text, 'portlight_kernel_ephemeral_ports'), ['28232']);
    assert.deepEqual(series(text, 'portlight_kernel_processes_max'), ['100']);
  });

  test('what was counted since the start', () => {
    const figures = new Figures();
    figures.scanned(0.004);
    figures.scanned(9);
    const event = (kind: Event['kind']): Event => ({ ...listener(), id: 1, at: '', kind, detail: null });
    figures.happened([event('opened'), event('opened'), event('closed'), event('holders-changed')]);
    const text = textOf(snapshot([]), { counted: figures.counted, isHealthy: false });
    assert.deepEqual(series(text, 'portlight_listener_opened_total'), ['2']);
    assert.deepEqual(series(text, 'portlight_listener_closed_total'), ['1']);
    assert.deepEqual(series(text, 'portlight_scan_duration_seconds_count'), ['2']);
    assert.ok(series(text, 'portlight_scan_duration_seconds_bucket').includes('{le="0.005"} 1'));
    assert.ok(series(text, 'portlight_scan_duration_seconds_bucket').includes('{le="5"} 1'));
    assert.deepEqual(series(text, 'portlight_scan_timestamp_seconds'), ['1795403647']);
    assert.deepEqual(series(text, 'portlight_healthy'), ['0']);
    assert.deepEqual(series(text, 'portlight_build_info'), ['{version="0.1.0"} 1']);
  });

  test('pushes have series only with an aggregator, and no success before the first', () => {
    assert.doesNotMatch(textOf(snapshot([])), /portlight_push/);
    const results = { accepted: 0, refused: 1, unreachable: 2 };
    const push = {
      results,
      bytes: 900,
      lastSuccessAt: null,
      queuedEvents: 5,
      eventsDropped: 7,
      spooled: { events: 4, bytes: 2_000 },
      isSpoolWritable: false,
    };
    const text = textOf(snapshot([]), { push });
    assert.deepEqual(series(text, 'portlight_push_requests_total'), [
      '{result="accepted"} 0',
      '{result="refused"} 1',
      '{result="unreachable"} 2',
    ]);
    assert.deepEqual(series(text, 'portlight_events_dropped_total'), ['7']);
    assert.deepEqual(series(text, 'portlight_push_queued_events'), ['5']);
    assert.deepEqual(series(text, 'portlight_spool_events'), ['4']);
    assert.deepEqual(series(text, 'portlight_spool_bytes'), ['2000']);
    assert.deepEqual(series(text, 'portlight_spool_writable'), ['0']);
    assert.doesNotMatch(text, /last_success/);
  });
});
