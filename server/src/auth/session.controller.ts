import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { Answer, Asked } from '../http/exchange.ts';
import type { SessionView } from '../views.ts';
import { Needs } from './auth.guard.ts';
import { SignIn } from './sign-in.ts';

@Describes('Session')
@Controller('api/v1/session')
export class SessionController {
  constructor(private readonly signIn: SignIn) {}

  /** Who asks. */
  @Get()
  @Answers(200, 'SessionView', 'who asks, and until when')
  @Refuses(401)
  show(@Req() request: Asked): SessionView {
    return this.signIn.show(request);
  }

  @Post()
  @HttpCode(200)
  @Needs('anyone')
  @Answers(200, 'SessionView', 'signed in by { token }: the cookie lasts 12 hours')
  @Refuses(401, 422, 429)
  create(@Req() request: Asked, @Res({ passthrough: true }) response: Answer): Promise<SessionView> {
    return this.signIn.signIn(request, response);
  }

  @Delete()
  @HttpCode(204)
  @Needs('anyone')
  @Answers(204, null, 'signed out')
  remove(@Res({ passthrough: true }) response: Answer): void {
    this.signIn.signOut(response);
  }
}
