import { Controller, Get, Param, Query } from '@nestjs/common';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { EventView, Page, TimelineView } from '../views.ts';
import { History, type EventsAsked } from './history.ts';
import type { RangeAsked } from './time-range.ts';

@Describes('Machines')
@Controller('api/v1/hosts/:host')
export class HistoryController {
  constructor(private readonly history: History) {}

  @Get('events')
  @Answers(200, 'Page<EventView>', 'what happened, newest first; without from, the last 7 days')
  @Refuses(400, 401, 404, 409)
  events(@Param('host') host: string, @Query() asked: EventsAsked): Promise<Page<EventView>> {
    return this.history.events(host, asked);
  }

  @Get('timeline')
  @Answers(200, 'TimelineView', 'who held which port from when to when; without from, the last 45 minutes')
  @Refuses(400, 401, 404, 409)
  timeline(@Param('host') host: string, @Query() asked: RangeAsked): Promise<TimelineView> {
    return this.history.timeline(host, asked);
  }
}
