import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Enrolment } from '@portlight/agent/contract';
import type { Asked } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { Rules } from '../validation/rules.decorator.ts';
import { record, text } from '../validation/rule.ts';
import { hostId } from '../validation/snapshot-rules.ts';
import { validated } from '../validation/validate.ts';

@Rules<Enrolment>({ host: record<Enrolment['host']>({ id: hostId, name: text(256, 1) }) })
class EnrolmentDto implements Enrolment {
  readonly host: Enrolment['host'];
}

/** The body of an enrolment. */
export const EnrolmentBody = createParamDecorator(async (_: unknown, context: ExecutionContext): Promise<Enrolment> => {
  const request = context.switchToHttp().getRequest<Asked>();
  return validated(EnrolmentDto, await readJson(request));
});
