import type { Holder, Push } from '@portlight/agent/contract';
import { describe, isPlainObject } from '../validation/rule.ts';
import { refusedBody, validated } from '../validation/validate.ts';
import { AlivePushDto, ChangePushDto, FullPushDto, LeavingPushDto } from './push.dto.ts';
import { referenceFaults } from './references.ts';

const DTOS = { full: FullPushDto, change: ChangePushDto, alive: AlivePushDto, leaving: LeavingPushDto } as const;

/** A push that keeps every rule. */
export function parsePush(body: unknown): Push {
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
