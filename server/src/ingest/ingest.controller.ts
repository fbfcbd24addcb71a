import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import type { Enrolment, EnrolmentAnswer, Push, PushAnswer } from '@portlight/agent/contract';
import { Needs } from '../auth/auth.guard.ts';
import { addressOf, bearerOf, peerOf, type Asked } from '../http/exchange.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import { EnrolmentBody } from './enrolment-body.ts';
import { Enrolments } from './enrolment.ts';
import { Ingest } from './ingest.ts';
import { PushBody } from './push-body.ts';
import { PushGuard } from './push.guard.ts';

@Describes('Agents')
@Needs('anyone')
@Controller('api/v1')
export class IngestController {
  constructor(
    private readonly ingest: Ingest,
    private readonly enrolments: Enrolments,
  ) {}

  @Post('push')
  @HttpCode(202)
  @UseGuards(PushGuard)
  @Answers(202, 'PushAnswer', 'what the body brought is durable')
  @Refuses(401, 403, 413, 422, 503)
  push(@PushBody() push: Push, @Req() request: Asked): Promise<PushAnswer> {
    const answer = this.ingest.push(push, addressOf(request));
    return request.place ? answer.finally(() => request.place?.leave()) : answer;
  }

  @Post('enroll')
  @Answers(201, 'EnrolmentAnswer', 'the machine’s token, shown this once')
  @Refuses(401, 409, 413, 422, 429, 503)
  enroll(@EnrolmentBody() enrolment: Enrolment, @Req() request: Asked): Promise<EnrolmentAnswer> {
    return this.enrolments.enroll(enrolment, bearerOf(request), peerOf(request));
  }
}
