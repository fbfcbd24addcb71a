import { validateSync, type ValidationError } from 'class-validator';
import { Refusal } from '../refusal.ts';
import { describe, isPlainObject, MAX_FAULTS, unknownKeys, type Fault } from './rule.ts';
import { faultsOfMessage, shapeOf } from './rules.decorator.ts';

const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

/**
 * A body as an instance of its DTO. What keeps all rules is told by one look at the whole; class-validator, which takes ten
 * times as long for a sign of life, lists what is wrong with any other.
 */
export function validated<T extends object>(dto: new () => T, body: unknown): T {
  if (shapeOf(dto).rule(body) === null) return Object.assign(new dto(), body);
  throw refusedBody(faultsOf(dto, body));
}

/**
 * Unknown keys are left out before anything is assigned: `__proto__` and `constructor` would take the instance's rules away.
 */
function faultsOf(dto: new () => object, body: unknown): readonly Fault[] {
  if (!isPlainObject(body)) return [{ path: '', message: `expected an object, got ${describe(body)}` }];
  const { keys } = shapeOf(dto);
  const known = Object.fromEntries(Object.entries(body).filter(([name]) => keys.includes(name)));
  return [...unknownKeys(body, keys), ...faultsOfInstance(Object.assign(new dto(), known))];
}

function faultsOfInstance(instance: object): readonly Fault[] {
  return validateSync(instance, OPTIONS).flatMap(toFaults);
}

function toFaults({ property, constraints = {} }: ValidationError): readonly Fault[] {
  const { conforms, ...others } = constraints;
  const plain = Object.values(others).map((message) => ({ path: `.${property}`, message }));
  return conforms === undefined ? plain : [...faultsOfMessage(property, conforms), ...plain];
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
