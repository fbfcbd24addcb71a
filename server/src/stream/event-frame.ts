import type { StreamEvents } from '../views.ts';

/** One server-sent event; `position` becomes the id a client resumes from. */
export function eventFrame<K extends keyof StreamEvents>(
  event: K,
  data: StreamEvents[K],
  position: number | null,
): string {
  const id = position === null ? '' : `id: ${position}\n`;
  // JSON.stringify leaves no line break, so one data line is enough.
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
