import { Controller, Get, Param, Query } from '@nestjs/common';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { FindingGroupAnswer, FindingGroupView, Page } from '../views.ts';
import type { FindingsAsked } from './finding-page.ts';
import { Findings } from './findings.ts';

@Describes('Fleet')
@Controller('api/v1/findings')
export class FindingsController {
  constructor(private readonly findings: Findings) {}

  @Get()
  @Answers(
    200,
    'Page<FindingGroupView>',
    'troubles with their machines, worst first, 200 a page; without state, open ones',
  )
  @Refuses(400, 401)
  list(@Query() asked: FindingsAsked): Promise<Page<FindingGroupView>> {
    return this.findings.list(asked);
  }

  @Get(':id')
  @Answers(200, 'FindingGroupAnswer', 'one trouble, by its own id or that of a machine’s finding')
  @Refuses(401, 404)
  one(@Param('id') id: string): Promise<FindingGroupAnswer> {
    return this.findings.one(id);
  }
}
