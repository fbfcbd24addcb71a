import type { EventView } from '@portlight/server/views';
import { visibleText } from '../format/visible-text.ts';

/** What happened, in words that follow the time: `node, pid 22507, opened 127.0.0.1:3008/tcp`. */
export function eventSentence(event: EventView): string {
  const detail = event.detail === null ? '' : `: ${visibleText(event.detail)}`;
  return `${whatHappened(event)}${detail}`;
}

function whatHappened(event: EventView): string {
  switch (event.kind) {
    case 'opened':
      return `${holder(event)} opened ${socket(event)}`;
    case 'closed':
      return `${holder(event)} closed ${socket(event)}`;
    case 'holders-changed':
      return `${socket(event)} is now held by ${heldBy(event)}`;
    case 'program-changed':
      return `${holder(event)} on ${socket(event)} runs another program now`;
    case 'queue-stuck':
      return `Accept queue of ${socket(event)} stands still`;
    case 'queue-moving':
      return `Accept queue of ${socket(event)} moves again`;
    case 'gap':
      return 'Events were lost here';
  }
}

function holder({ program, pid }: EventView): string {
  if (pid === null) return 'An unknown process';
  return `${visibleText(program ?? 'unknown program')}, pid ${pid},`;
}

function heldBy({ program, pid, holders }: EventView): string {
  if (pid === null) return 'an unknown process';
  const others = holders > 1 ? ` and ${holders - 1} more` : '';
  return `${visibleText(program ?? 'unknown program')}, pid ${pid}${others}`;
}

function socket({ address, port, protocol }: EventView): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${visibleText(host)}:${port}/${protocol}`;
}
