import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { auditRecord } from '../audit/audit-record.ts';
import { Audit } from '../audit/audit.ts';
import { Access } from '../auth/access.ts';
import { Needs } from '../auth/auth.guard.ts';
import { actorOf } from '../auth/caller-name.ts';
import type { Asked } from '../http/exchange.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import { Maintenance, type MaintenanceAnswer } from './maintenance.ts';

@Describes('Server')
@Needs('admin')
@Controller('api/v1/maintenance')
export class MaintenanceController {
  constructor(
    private readonly maintenance: Maintenance,
    private readonly audit: Audit,
    private readonly access: Access,
  ) {}

  @Post()
  @HttpCode(200)
  @Answers(200, 'MaintenanceAnswer', 'a bounded piece of the time-driven work is done')
  @Refuses(401, 403, 503)
  async run(@Req() request: Asked): Promise<MaintenanceAnswer> {
    const answer = await this.maintenance.run();
    const actor = actorOf(request, this.access);
    await this.audit.add(auditRecord({ at: Date.now(), action: 'maintenance-run', ...actor }));
    return answer;
  }
}
