/** What an event takes on disk. */
import { playFleet } from '../apparatus/fleet.ts';
import { bytesIn } from '../apparatus/files.ts';
import { startServer } from '../apparatus/server.ts';
import { atMost, hostsOf, secondsOf, told, type BenchOptions, type Measure } from '../measure.ts';

const MOST_BYTES = 45;

/** Two stores of the same machines, one of which had a long stream of events too. */
export async function store(options: BenchOptions): Promise<readonly Measure[]> {
  options.say('bytes of an event');
  const without = await sizeAfter(['--for', '0s'], options);
  const seconds = secondsOf(30, options);
  const stream = ['--for', seconds, '--every', '0', '--sockets', '64', '--change-share', '1', '--full-share', '0'];
  const withStream = await sizeAfter(stream, options);
  const bytes = (withStream.bytes - without.bytes) / withStream.events;
  return [
    atMost('store, bytes per event, SQLite', MOST_BYTES, bytes, 'B'),
    told('store, events of that stream', String(withStream.events)),
  ];
}

async function sizeAfter(args: readonly string[], options: BenchOptions) {
  const server = await startServer();
  const hosts = ['--hosts', hostsOf(5_000, options), '--incidents', '0'];
  let events = 0;
  await playFleet(['--server', server.url, ...hosts, ...args], () => 0).then((part) => {
    if (args.includes('--change-share')) events = part('steady').line.eventsAcknowledged;
  });
  await server.process.end();
  return { bytes: bytesIn(server.folder ?? ''), events };
}
