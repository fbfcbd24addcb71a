import { EventStreams, type EventStreamsOptions } from '../src/events/event-streams.ts';
import { RecentHappenings, type HappeningsOptions } from '../src/events/happenings.ts';

type Sizes = Partial<Omit<EventStreamsOptions, 'happenings'> & HappeningsOptions>;

/** What an endpoint's `/events` tells of; nothing happened yet. */
export function eventSources(sizes: Sizes = {}) {
  const happenings = new RecentHappenings({ agentStartedAt: new Date('2026-11-23T02:00:00.000Z'), ...sizes });
  return { happenings, streams: new EventStreams({ happenings, ...sizes }) };
}
