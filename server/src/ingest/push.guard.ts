import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Access } from '../auth/access.ts';
import { bearerOf, peerOf, type Asked } from '../http/exchange.ts';
import { Enrolments } from './enrolment.ts';

/** Finds out which machine pushes, before a byte of its body is read. */
@Injectable()
export class PushGuard implements CanActivate {
  constructor(
    private readonly access: Access,
    private readonly enrolments: Enrolments,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Asked>();
    request.pushingHost = this.access.isOpenToAgents
      ? null
      : await this.enrolments.hostOf(bearerOf(request), peerOf(request));
    return true;
  }
}
