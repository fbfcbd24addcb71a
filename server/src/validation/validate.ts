import { validateSync, type ValidationError } from 'class-validator';
import { Refusal } from '../refusal.ts';
import { describe, isPlainObject, MAX_FAULTS, unknownKeys, type Fault } from './rule.ts';
import { faultsOf, knownKeysOf } from './rules.decorator.ts';

const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

/**
 * A body as an instance of its DTO. Unknown keys are refused before anything is assigned: `__proto__` and `constructor`
 * would take the instance's rules away.
 */
export function validated<T extends object>(dto: new () => T, body: unknown): T {
  if (!isPlainObject(body)) throw refusedBody([{ path: '', message: `expected an object, got ${describe(body)}` }]);
  const unknown = unknownKeys(body, knownKeysOf(dto));
  if (unknown.length > 0) {
    throw refusedBody([...unknown, ...faultsOfInstance(Object.assign(new dto(), withoutUnknown(dto, body)))]);
  }
  const instance = Object.assign(new dto(), body);
  const faults = faultsOfInstance(instance);
  if (faults.length > 0) throw refusedBody(faults);
  return instance;
}

function withoutUnknown(dto: object, body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => knownKeysOf(dto).includes(name)));
}

function faultsOfInstance(instance: object): readonly Fault[] {
  return validateSync(instance, OPTIONS).flatMap(toFaults);
}

function toFaults({ property, constraints = {} }: ValidationError): readonly Fault[] {
  const { conforms, ...others } = constraints;
  const plain = Object.values(others).map((message) => ({ path: `.${property}`, message }));
  return conforms === undefined ? plain : [...faultsOf(property, conforms), ...plain];
}

const NEWER_AGENT = 'send a body of schema 1; an agent newer than the server needs the server upgraded first';

export function refusedBody(faults: readonly Fault[], hint = NEWER_AGENT): Refusal {
  const listed = faults.slice(0, MAX_FAULTS).map(({ path, message }) => `$${path}: ${message}`);
  const rest = faults.length > MAX_FAULTS ? [`… and ${faults.length - MAX_FAULTS} more`] : [];
  return new Refusal(
    422,
    'invalid-body',
    `the body has ${faults.length === 1 ? 'a fault' : 'faults'}: ${listed[0] ?? ''}`,
    {
      faults: [...listed, ...rest],
      hint,
    },
  );
}
