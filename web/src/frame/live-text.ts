import { duration } from '../format/duration.ts';
import type { LiveStatus } from '../live.svelte.ts';

/** The live state in two or three words. */
export function liveText(status: LiveStatus, heardMs: number | null, clockMs: number | null): string {
  switch (status) {
    case 'live':
      return 'Live';
    case 'connecting':
      return heardMs === null ? 'Connecting' : 'Reconnecting';
    case 'stopped':
      return heardMs === null || clockMs === null ? 'Not connected' : `Stopped ${duration(clockMs - heardMs)} ago`;
    case 'signed-out':
      return 'Not connected';
  }
}
