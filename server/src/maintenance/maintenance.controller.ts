import { Controller, HttpCode, Post } from '@nestjs/common';
import { Needs } from '../auth/auth.guard.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import { Maintenance, type MaintenanceAnswer } from './maintenance.ts';

@Describes('Server')
@Needs('admin')
@Controller('api/v1/maintenance')
export class MaintenanceController {
  constructor(private readonly maintenance: Maintenance) {}

  @Post()
  @HttpCode(200)
  @Answers(200, 'MaintenanceAnswer', 'a bounded piece of the time-driven work is done')
  @Refuses(401, 403, 503)
  run(): Promise<MaintenanceAnswer> {
    return this.maintenance.run();
  }
}
