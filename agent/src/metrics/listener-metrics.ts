/** The listeners of the host's network namespace as metrics; those of containers are only counted. Pure. */
import { servants } from '../check/words.ts';
import { EXPOSURES, PROTOCOLS, type Connections, type Listener } from '../contract.ts';
import { amounts, gauge, latest, type Family, type Sample } from './exposition.ts';
import { Labels } from './labels.ts';
import { seconds } from './seconds.ts';

/** A listener with series of its own. */
interface Shown {
  readonly listener: Listener;
  /** Protocol, address and port. */
  readonly place: Labels;
  /** The place and who holds it. */
  readonly info: Labels;
}

/** @param most series of `portlight_listener_info` at most; what is left out is counted. */
export function listenerMetrics(listeners: readonly Listener[], most: number): readonly Family[] {
  const host = listeners.filter(({ isHostNamespace }) => isHostNamespace);
  const shown = withinLimit(host, most);
  return [
    latest(
      'portlight_listener_info',
      'A listening socket of the host and who holds it; always 1.',
      shown.map(({ info }) => ({ labels: info, value: 1 })),
    ),
    gauge(
      'portlight_listeners_omitted',
      'Listeners of the host that have no series of their own because of --metrics-max-listeners.',
      host.length - shown.length,
    ),
    ...valuesOf(shown),
    ...counts(host, listeners.length - host.length),
  ];
}

function valuesOf(shown: readonly Shown[]): readonly Family[] {
  return [
    amounts(
      'portlight_listener_accept_queue',
      'TCP connections that are completed and not yet accepted.',
      shown.map(({ place, listener }) => ({ labels: place, value: listener.acceptQueue })),
    ),
    amounts(
      'portlight_listener_connections',
      'TCP sockets whose local end is the listener, by state.',
      shown.flatMap(connectionSamples),
    ),
    latest(
      'portlight_listener_opened_timestamp_seconds',
      'When the listener was first seen; absent when it is older than the agent.',
      shown.map(({ place, listener }) => ({ labels: place, value: seconds(listener.openedAt) })),
    ),
  ];
}

function counts(host: readonly Listener[], others: number): readonly Family[] {
  const kinds = PROTOCOLS.flatMap((protocol) => EXPOSURES.map((exposure) => ({ protocol, exposure })));
  return [
    amounts(
      'portlight_listeners',
      'Listening sockets of the host, by from where they can be reached.',
      kinds.map(({ protocol, exposure }) => ({
        labels: Labels.of({ protocol, exposure }),
        value: host.filter((one) => one.protocol === protocol && one.exposure === exposure).length,
      })),
    ),
    gauge(
      'portlight_listeners_in_other_namespaces',
      'Listening sockets of other network namespaces, as those of containers.',
      others,
    ),
  ];
}

/**
 * Declared services first, then by port. Sockets that share a place stay together, so that no sum is of a part of them; a
 * place whose sockets differ in their holders needs a series for each.
 */
function withinLimit(host: readonly Listener[], most: number): readonly Shown[] {
  const ordered = [
    ...host.filter(({ service }) => service !== null),
    ...host.filter(({ service }) => service === null),
  ];
  const places = Map.groupBy(ordered, ({ protocol, address, port }) => `${protocol} ${address} ${port}`);
  let series = 0;
  return [...places.values()].flatMap((sharers) => {
    if (series >= most) return [];
    const shown = sharers.map(shownAs);
    const needed = new Set(shown.map(({ info }) => info.text)).size;
    if (series + needed > most) return [];
    series += needed;
    return shown;
  });
}

/** No pid and no inode: a restart must not make new series. */
function shownAs(listener: Listener): Shown {
  const { protocol, address, port, exposure } = listener;
  const place = Labels.of({ protocol, address, port: String(port) });
  const [holder] = servants(listener);
  const owner = holder ?? listener;
  const info = place
    .and('program', holder?.program ?? '')
    .and('unit', holder?.unit ?? '')
    .and('user', owner.user ?? String(owner.uid ?? ''))
    .and('exposure', exposure)
    .and('namespace', 'host');
  return { listener, place, info };
}

const STATES: readonly (readonly [string, Exclude<keyof Connections, 'givenUp'>])[] = [
  ['established', 'established'],
  ['unaccepted', 'unaccepted'],
  ['syn_received', 'synReceived'],
  ['close_wait', 'closeWait'],
  ['fin_wait', 'finWait'],
  ['time_wait', 'timeWait'],
];

function connectionSamples({ listener: { connections }, place }: Shown): readonly Sample[] {
  if (connections === null) return [];
  return STATES.map(([state, key]) => ({ labels: place.and('state', state), value: connections[key] }));
}
