import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { Answer } from '../http/exchange.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import { StreamHub } from './stream-hub.ts';

@Describes('Fleet')
@Controller('api/v1/stream')
export class StreamController {
  constructor(private readonly hub: StreamHub) {}

  @Get()
  @Answers(200, 'StreamEvents', 'server-sent events; resumes by Last-Event-ID')
  @Refuses(401)
  follow(@Res() response: Answer, @Headers('last-event-id') lastEventId: string | undefined): void {
    this.hub.join(response, lastEventId);
  }
}
