import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Asked } from '../http/exchange.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { HostTokenAnswer, HostTokenView, Page } from '../views.ts';
import { Access } from './access.ts';
import { Needs } from './auth.guard.ts';
import { actorOf } from './caller-name.ts';
import { HostTokens, type TokensAsked } from './host-tokens.ts';

@Describes('Access')
@Needs('admin')
@Controller('api/v1/tokens')
export class HostTokensController {
  constructor(
    private readonly tokens: HostTokens,
    private readonly access: Access,
  ) {}

  @Get()
  @Answers(
    200,
    'Page<HostTokenView>',
    'tokens of machines, by name, 200 a page; state valid, revoked or waiting chooses',
  )
  @Refuses(400, 401, 403)
  list(@Query() asked: TokensAsked): Promise<Page<HostTokenView>> {
    return this.tokens.list(asked);
  }

  @Post(':host/revoke')
  @HttpCode(200)
  @Answers(200, 'HostTokenAnswer', 'the machine’s token is no longer good; it gets another one when that is approved')
  @Refuses(401, 403, 404, 409, 503)
  revoke(@Param('host') host: string, @Req() request: Asked): Promise<HostTokenAnswer> {
    return this.tokens.revoke(host, actorOf(request, this.access));
  }

  @Post(':host/approve')
  @HttpCode(200)
  @Answers(200, 'HostTokenAnswer', 'within the hour the machine gets another token by an enrolment token, once')
  @Refuses(401, 403, 404, 409, 503)
  approve(@Param('host') host: string, @Req() request: Asked): Promise<HostTokenAnswer> {
    return this.tokens.approve(host, actorOf(request, this.access));
  }
}
