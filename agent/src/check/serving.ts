import { type Listener, type Place } from '../contract.ts';
import { covers } from '../findings/bound.ts';

/**
 * Listeners that connections to a place of the host reach. A socket bound to the very address gets them before one of a
 * wildcard; several with SO_REUSEPORT get a part each.
 */
export function servingListeners(listeners: readonly Listener[], place: Place): readonly Listener[] {
  const covering = listeners.filter(
    (listener) =>
      listener.protocol === 'tcp' &&
      listener.isHostNamespace &&
      listener.port === place.port &&
      covers(listener, place),
  );
  const specific = covering.filter(({ exposure }) => exposure !== 'any');
  return specific.length > 0 ? specific : covering;
}
