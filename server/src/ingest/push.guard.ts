import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Access } from '../auth/access.ts';
import { bearerOf, type Asked } from '../http/exchange.ts';
import { announcedBytes, isSmall, MAX_BODY_BYTES } from '../http/read-body.ts';
import { Admission } from './admission.ts';
import { Enrolments } from './enrolment.ts';

/** How many times smaller a snapshot may be on its way, compressed, than it is. */
const COMPRESSED_BY = 16;
/** What is thought of a body that does not tell its size. */
const UNTOLD_BYTES = 1024 * 1024;

/** Finds out which machine pushes, and room for what it pushes, before a byte of its body is read. */
@Injectable()
export class PushGuard implements CanActivate {
  constructor(
    private readonly access: Access,
    private readonly enrolments: Enrolments,
    private readonly admission: Admission,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<Asked>();
    const isOpen = this.access.isOpenToAgents;
    const token = isOpen ? null : bearerOf(request);
    const host = token === null ? null : this.enrolments.rememberedHost(token);
    this.enrolments.keepUp();
    return isOpen || host !== null ? this.letIn(request, host) : this.lookUp(request, token);
  }

  private async lookUp(request: Asked, token: string | null): Promise<boolean> {
    return this.letIn(request, await this.enrolments.hostOf(token));
  }

  private letIn(request: Asked, host: string | null): true {
    request.pushingHost = host;
    request.place = isSmall(request) ? null : this.admission.enter(host, likelyBytes(request));
    return true;
  }
}

/** Of the body once it is decompressed. */
function likelyBytes(request: Asked): number {
  const announced = announcedBytes(request) ?? UNTOLD_BYTES;
  const isCompressed = request.headers['content-encoding'] !== undefined;
  return Math.min(MAX_BODY_BYTES, isCompressed ? announced * COMPRESSED_BY : announced);
}
