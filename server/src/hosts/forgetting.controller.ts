import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { Access } from '../auth/access.ts';
import { Needs } from '../auth/auth.guard.ts';
import { actorOf } from '../auth/caller-name.ts';
import type { Asked } from '../http/exchange.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { ForgottenView } from '../views.ts';
import { Forgetting } from './forgetting.ts';

@Describes('Machines')
@Needs('admin')
@Controller('api/v1/hosts')
export class ForgettingController {
  constructor(
    private readonly forgetting: Forgetting,
    private readonly access: Access,
  ) {}

  @Post(':host/forget')
  @HttpCode(200)
  @Answers(200, 'ForgottenView', 'the machine is removed, and its token is no longer good')
  @Refuses(401, 403, 404, 409, 503)
  forget(@Param('host') host: string, @Req() request: Asked): Promise<ForgottenView> {
    return this.forgetting.forget(host, actorOf(request, this.access));
  }
}
