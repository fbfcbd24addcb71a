import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ErrorAnswer } from '@portlight/agent/contract';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { StoreFault } from '../store/store-fault.ts';
import type { Answer, Asked } from './exchange.ts';
import { Sparingly } from './sparingly.ts';

const INTERNAL = 'internal';

/** Every error as one shape, with a request id that the log knows too. */
@Catch()
export class ErrorAnswerFilter implements ExceptionFilter {
  private readonly sparingly = new Sparingly(() => performance.now());

  constructor(private readonly log: Log) {}

  catch(cause: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Asked>();
    const response = host.switchToHttp().getResponse<Answer>();
    const refusal = toRefusal(cause, request);
    const requestId = request.requestId ?? '';
    this.report(refusal, cause, requestId);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { retryAfterSeconds, headers = {} } = refusal.details;
    if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
    response.set(headers).status(refusal.status).json(answerOf(refusal, requestId));
  }

  /** What the server could not do; what a client got wrong is told to the client only. */
  private report(refusal: Refusal, cause: unknown, requestId: string): void {
    if (refusal.status < 500) return;
    const { isDue, others } = this.sparingly.tell(refusal.code);
    // What we did wrong is told each time: the answer names its line in the log.
    if (!isDue && refusal.code !== INTERNAL) return;
    const fields = { requestId, ...(others > 0 && isDue ? { othersLikeIt: others } : {}) };
    const reason = refusal.details.cause;
    const told = reason === undefined ? {} : { cause: causeText(reason) };
    if (refusal === cause) this.log.warn({ ...fields, ...told }, refusal.message);
    else this.log.error({ ...fields, cause: causeText(cause) }, refusal.message);
  }
}

function toRefusal(cause: unknown, request: Asked): Refusal {
  if (cause instanceof Refusal) return cause;
  if (cause instanceof StoreFault) return storeRefusal(cause);
  if (cause instanceof HttpException) return httpRefusal(cause, request);
  if (isClientFault(cause)) return new Refusal(cause.status, 'bad-request', cause.message, { cause });
  return new Refusal(500, INTERNAL, 'the server failed at this request', {
    hint: 'its log has the reason under the request id',
    cause,
  });
}

function storeRefusal(cause: StoreFault): Refusal {
  return new Refusal(503, `store-${cause.kind}`, `the store cannot be used now: ${cause.message}`, {
    hint: cause.remedy,
    retryAfterSeconds: 5,
    cause,
  });
}

function httpRefusal(cause: HttpException, { method, path }: Asked): Refusal {
  const status = cause.getStatus();
  if (status !== 404) return new Refusal(status, codeOf(status), cause.message, { cause });
  return new Refusal(404, 'unknown-path', `nothing answers ${method} ${path.slice(0, 200)}`, {
    hint: 'GET /api/openapi.json lists all paths',
    cause,
  });
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replace(/[^a-z]+/g, '-');
}

/** Errors of Express, such as a path that cannot be decoded. */
function isClientFault(cause: unknown): cause is Error & { readonly status: number } {
  return (
    cause instanceof Error &&
    'status' in cause &&
    typeof cause.status === 'number' &&
    cause.status >= 400 &&
    cause.status < 500
  );
}

function causeText(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function answerOf({ code, message, details }: Refusal, requestId: string): ErrorAnswer {
  const { hint, faults } = details;
  return {
    error: { code, message, ...(hint === undefined ? {} : { hint }), ...(faults === undefined ? {} : { faults }) },
    requestId,
  };
}
