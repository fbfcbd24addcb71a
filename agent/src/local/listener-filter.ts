import { PROTOCOLS, type Finding, type Listener, type Snapshot } from '../contract.ts';
import { isOf, marksOf } from './finding-marks.ts';

type Test = (listener: Listener, snapshot: Snapshot) => boolean;

export type ListenerFilter =
  { readonly kind: 'filter'; readonly test: Test } | { readonly kind: 'faults'; readonly faults: readonly string[] };

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65535;

const asked = (text: string, { findings }: Snapshot) => findings.filter(({ id, kind }) => id === text || kind === text);

/** What each query parameter keeps; null when its value can never match. */
const TESTS: Readonly<Record<string, { readonly expected: string; readonly make: (text: string) => Test | null }>> = {
  port: {
    expected: 'a port, 0 to 65535',
    make: (text) => (isPort(text) ? ({ port }) => port === Number(text) : null),
  },
  proto: {
    expected: PROTOCOLS.join(' or '),
    make: (text) => (PROTOCOLS.some((one) => one === text) ? ({ protocol }) => protocol === text : null),
  },
  address: {
    expected: 'an address',
    make:
      (text) =>
      ({ address }) =>
        address === text,
  },
  unit: {
    expected: 'a unit',
    make:
      (text) =>
      ({ holders }) =>
        holders.some(({ unit }) => unit === text),
  },
  finding: {
    expected: 'a finding’s id or kind',
    make: (text) => (listener, snapshot) => asked(text, snapshot).some((finding) => isOf(listener, finding)),
  },
};

/** `?port=3000&proto=tcp&address=…&unit=…&finding=…`: all of them must hold. */
export function listenerFilter(query: URLSearchParams): ListenerFilter {
  const tests: Test[] = [];
  const faults: string[] = [];
  for (const [name, text] of query) {
    const known = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
    const test = known?.make(text);
    if (test) tests.push(test);
    else if (known) faults.push(`${name}: expected ${known.expected}, got ${JSON.stringify(text.slice(0, 80))}`);
    else
      faults.push(`${JSON.stringify(name.slice(0, 80))}: unknown filter; there are ${Object.keys(TESTS).join(', ')}`);
  }
  if (faults.length > 0) return { kind: 'faults', faults };
  return { kind: 'filter', test: (listener, snapshot) => tests.every((test) => test(listener, snapshot)) };
}

/** The snapshot with what the query asks for: listeners that pass, and findings about them or asked for themselves. */
export function narrowed(snapshot: Snapshot, query: URLSearchParams, test: Test): Snapshot {
  if (query.size === 0) return snapshot;
  const listeners = snapshot.listeners.filter((listener) => test(listener, snapshot));
  const wanted = new Set(query.getAll('finding').flatMap((text) => asked(text, snapshot)));
  const isWanted = (finding: Finding) =>
    wanted.size > 0 ? wanted.has(finding) : isAbout(finding, listeners, query.get('port'));
  return { ...snapshot, listeners, findings: snapshot.findings.filter(isWanted) };
}

/** Also of a port that nobody listens on, if somebody should. */
export function isAbout(finding: Finding, listeners: readonly Listener[], port: string | null): boolean {
  if (port !== null && finding.port === Number(port)) return true;
  return listeners.some((listener) => marksOf(listener, [finding]).length > 0);
}
