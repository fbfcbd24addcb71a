import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Holder, Push } from '@portlight/agent/contract';
import type { Asked } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { Refusal } from '../refusal.ts';
import { describe, isPlainObject } from '../validation/rule.ts';
import { refusedBody, validated } from '../validation/validate.ts';
import { AlivePushDto, ChangePushDto, FullPushDto, LeavingPushDto } from './push.dto.ts';
import { referenceFaults } from './references.ts';

const DTOS = { full: FullPushDto, change: ChangePushDto, alive: AlivePushDto, leaving: LeavingPushDto } as const;

/** A push that keeps every rule. */
function parsePush(body: unknown): Push {
  const push = withAncestors(validated<Push>(dtoOf(body), body));
  const faults = referenceFaults(push);
  if (faults.length > 0) throw refusedBody(faults);
  return push;
}

/** An agent that does not tell a process's ancestors knows none. */
function withAncestors(push: Push): Push {
  if (!('processes' in push) || push.processes.every((process) => 'ancestors' in process)) return push;
  const processes = push.processes.map((process: Omit<Holder, 'ancestors'>) => ({ ancestors: [], ...process }));
  return { ...push, processes };
}

function dtoOf(body: unknown): new () => Push {
  const kind = isPlainObject(body) && Object.hasOwn(body, 'kind') ? body.kind : undefined;
  if (typeof kind === 'string' && Object.hasOwn(DTOS, kind)) return DTOS[kind as Push['kind']];
  if (!isPlainObject(body)) throw refusedBody([{ path: '', message: `expected an object, got ${describe(body)}` }]);
  throw refusedBody([
    { path: '.kind', message: `expected one of ${Object.keys(DTOS).join(', ')}, got ${describe(kind)}` },
  ]);
}

/** The body, read only after the guards have let the machine in; a machine may write for itself only. */
export const PushBody = createParamDecorator(async (_: unknown, context: ExecutionContext): Promise<Push> => {
  const request = context.switchToHttp().getRequest<Asked>();
  const push = parsePush(await readJson(request));
  if (request.pushingHost == null || request.pushingHost === push.hostId) return push;
  throw new Refusal(403, 'other-host', `this token is not of host ${push.hostId}`, {
    hint: 'push with the token this host got when it enrolled',
  });
});
