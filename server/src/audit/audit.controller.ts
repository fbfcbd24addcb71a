import { Controller, Get, Query } from '@nestjs/common';
import { Needs } from '../auth/auth.guard.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { AuditEntry, Page } from '../views.ts';
import { Audit, type AuditAsked } from './audit.ts';

@Describes('Access')
@Needs('admin')
@Controller('api/v1/audit')
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @Answers(200, 'Page<AuditEntry>', 'who did what when, newest first, 200 a page; action and host (an id) choose')
  @Refuses(400, 401, 403)
  list(@Query() asked: AuditAsked): Promise<Page<AuditEntry>> {
    return this.audit.list(asked);
  }
}
