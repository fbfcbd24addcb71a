import { type Listener } from '../contract.ts';
import { covers } from './bound.ts';
import { hasSelectors, meetsSelectors, type Expectation } from './expectation.ts';

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
function serves(listener: Listener, expectation: Expectation): boolean {
  const { protocol, isHostNamespace, port, holders } = listener;
  if (protocol !== 'tcp' || !isHostNamespace) return false;
  if (!expectation.places.some((place) => place.port === port && covers(listener, place))) return false;
  return !hasSelectors(expectation) || holders.some((holder) => meetsSelectors(holder, expectation));
}
