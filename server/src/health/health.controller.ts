import { Controller, Get } from '@nestjs/common';
import { Needs } from '../auth/auth.guard.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import { Readiness, type Health } from './readiness.ts';

@Describes('Server')
@Needs('anyone')
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('healthz')
  @Answers(200, 'Health', 'the process answers')
  healthy(): Health {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Answers(200, 'Health', 'the store can be written')
  @Refuses(503)
  ready(): Promise<Health> {
    return this.readiness.check();
  }
}
