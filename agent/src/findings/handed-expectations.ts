import { isIP } from 'node:net';
import { type Expectation, type FleetHome, type HandedExpectations, type Place } from '../contract.ts';
import { type Expected } from './judgement.ts';
import { isListOf, isRecord } from '../json-shape.ts';

const MOST_SERVICES = 1_000;
const MOST_HOMES = 10_000;
const LONGEST = 4_096;

/** What came is taken whole or not at all: half of what is expected would be something else. Null: it cannot be understood. */
export function parseHanded(value: unknown): HandedExpectations | null {
  if (!isRecord(value)) return null;
  const { version, services, homes } = value;
  const isVersion = typeof version === 'string' && version.length > 0 && version.length <= 64;
  if (!isVersion || !isListOf(services, isExpectation, MOST_SERVICES)) return null;
  return isListOf(homes, isFleetHome, MOST_HOMES) ? { version, services, homes } : null;
}

/** A service that was handed down stands in place of the machine's own of that name. */
export function expectedOf(own: readonly Expectation[], handed: HandedExpectations | null): Expected {
  if (handed === null) return { services: own, homes: [] };
  const { services, homes } = handed;
  const names = new Set(services.map(({ name }) => name));
  return { services: [...own.filter(({ name }) => !names.has(name)), ...services], homes };
}

function isExpectation(value: unknown): value is Expectation {
  if (!isRecord(value) || !isName(value.name)) return false;
  const areSelectors = [value.unit, value.exe, value.user].every((one) => one === null || isName(one));
  return areSelectors && isListOf(value.places, isPlace, 64) && value.places.length > 0;
}

function isFleetHome(value: unknown): value is FleetHome {
  return isRecord(value) && isName(value.programKey) && isName(value.support) && isPlace(value);
}

function isPlace(value: unknown): value is Place {
  if (!isRecord(value) || typeof value.address !== 'string' || isIP(value.address) === 0) return false;
  return typeof value.port === 'number' && Number.isInteger(value.port) && value.port > 0 && value.port <= 65_535;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST;
}
