import { Controller, Get } from '@nestjs/common';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { SummaryView } from '../views.ts';
import { Summary } from './summary.ts';

@Describes('Fleet')
@Controller('api/v1/summary')
export class SummaryController {
  constructor(private readonly summary: Summary) {}

  @Get()
  @Answers(200, 'SummaryView', 'counts of the fleet as it is now')
  @Refuses(401)
  show(): Promise<SummaryView> {
    return this.summary.now();
  }
}
