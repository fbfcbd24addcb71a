/** What an event takes on disk. */
import { partsOf, RunningFleet } from '../apparatus/fleet.ts';
import { bytesIn } from '../apparatus/files.ts';
import { startServer } from '../apparatus/server.ts';
import { atMost, told, type BenchOptions, type Measure } from '../measure.ts';

const MOST_BYTES = 45;
/** About as many of each host as in a day at the usual pace and share of changes. */
const EVENTS_PER_HOST = 200;
const HOSTS = 500;

/** Two stores of the same machines, one of which had a long stream of events too. */
export async function store(options: BenchOptions): Promise<readonly Measure[]> {
  const hosts = options.isQuick ? HOSTS / 10 : HOSTS;
  options.say(`bytes of an event, ${hosts * EVENTS_PER_HOST} events`);
  const without = await sizeAfter(hosts, 0);
  const withStream = await sizeAfter(hosts, hosts * EVENTS_PER_HOST);
  const bytes = (withStream.bytes - without.bytes) / withStream.events;
  return [
    atMost('store, bytes per event, SQLite', MOST_BYTES, bytes, 'B'),
    told('store, events of that stream', String(withStream.events)),
  ];
}

async function sizeAfter(hosts: number, wanted: number) {
  const server = await startServer();
  const stream = ['--for', wanted === 0 ? '0s' : '1h', '--every', '0', '--sockets', '64', '--change-share', '1'];
  const args = ['--server', server.url, '--hosts', String(hosts), '--incidents', '0', '--full-share', '0', ...stream];
  const fleet = new RunningFleet(
    args,
    () => 0,
    (part, events) => part === 'steady' && events >= wanted,
  );
  const parts = await fleet.ended();
  await server.process.end();
  const events = wanted === 0 ? 0 : partsOf(parts)('steady').line.eventsAcknowledged;
  return { bytes: bytesIn(server.folder ?? ''), events };
}
