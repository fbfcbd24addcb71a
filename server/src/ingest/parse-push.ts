import { SCHEMA, type Holder, type Push } from '@portlight/agent/contract';
import { Refusal } from '../refusal.ts';
import { describe, isPlainObject } from '../validation/rule.ts';
import { refusedBody, validated } from '../validation/validate.ts';
import { AlivePushDto, ChangePushDto, FullPushDto, LeavingPushDto } from './push.dto.ts';
import { referenceFaults } from './references.ts';

const DTOS = { full: FullPushDto, change: ChangePushDto, alive: AlivePushDto, leaving: LeavingPushDto } as const;

/** A push that keeps every rule. */
export function parsePush(body: unknown): Push {
  refuseOtherSchema(body);
  const push = withAncestors(validated<Push>(dtoOf(body), body));
  const faults = referenceFaults(push);
  if (faults.length > 0) throw refusedBody(faults);
  return push;
}

/** Of another schema everything may be different: its faults would only hide what is the matter. */
function refuseOtherSchema(body: unknown): void {
  const snapshot = isPlainObject(body) ? body.snapshot : undefined;
  const schema = isPlainObject(snapshot) ? snapshot.schema : undefined;
  if (!Number.isSafeInteger(schema) || schema === SCHEMA) return;
  const isNewer = Number(schema) > SCHEMA;
  throw new Refusal(422, 'unknown-schema', `the snapshot is of schema ${String(schema)}, this server knows ${SCHEMA}`, {
    faults: [`$.snapshot.schema: expected ${SCHEMA}, got ${String(schema)}`],
    hint: isNewer ? 'upgrade the server first, then its agents' : 'upgrade this agent',
  });
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
