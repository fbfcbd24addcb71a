import { type Expectation, type Listener } from '../contract.ts';
import { covers } from './bound.ts';
import { hasSelectors, meetsSelectors } from './expectation.ts';

/** The listeners with the name of the declared service each belongs to: the first that has a place there and wants such a holder. */
export function withServices(
  listeners: readonly Listener[],
  expectations: readonly Expectation[],
): readonly Listener[] {
  if (expectations.length === 0) return listeners;
  return listeners.map((listener) => {
    const service = expectations.find((expectation) => serves(listener, expectation))?.name ?? null;
    return service === listener.service ? listener : { ...listener, service };
  });
}

/** A holder that is not known is none the selectors want; without selectors any will do. */
export function serves(listener: Listener, expectation: Expectation): boolean {
  if (!isAtPlace(listener, expectation)) return false;
  return !hasSelectors(expectation) || listener.holders.some((holder) => meetsSelectors(holder, expectation));
}

/** Whether connections to a place of the service reach it, whoever holds it. */
export function isAtPlace(listener: Listener, { places }: Expectation): boolean {
  const { protocol, isHostNamespace, port } = listener;
  if (protocol !== 'tcp' || !isHostNamespace) return false;
  return places.some((place) => place.port === port && covers(listener, place));
}
