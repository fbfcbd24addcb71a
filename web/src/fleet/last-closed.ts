import type { SummaryView } from '@portlight/server/views';
import { duration } from '../format/duration.ts';
import { toMs } from '../format/time.ts';
import { visibleText } from '../format/visible-text.ts';

/** `No open finding. The last one closed 6 h ago: node is on 3001, should be on 3000, on web-us-014, open for 12 min.` */
export function lastClosedSentence({ lastClosed }: Pick<SummaryView, 'lastClosed'>, nowMs: number): string {
  if (lastClosed === null) return 'No open finding, and none was closed lately.';
  const { title, host, since, closedAt } = lastClosed;
  const ago = duration(nowMs - toMs(closedAt));
  const lasted = duration(toMs(closedAt) - toMs(since));
  return `No open finding. The last one closed ${ago} ago: ${visibleText(title)}, on ${visibleText(host)}, open for ${lasted}.`;
}
