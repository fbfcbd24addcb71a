import { type Place } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { isEphemeral, type HomeFacts } from './homes.ts';
import { placeText } from './words.ts';

const SHOWN_USERS = 5;

/** Of a place that nobody listens on: what uses its port all the same. Never an owner where none can be seen. */
export function notListening(
  place: Place,
  users: readonly TcpRow[],
  { ephemeralPorts }: Pick<HomeFacts, 'ephemeralPorts'>,
): readonly string[] {
  const { port } = place;
  const shown = users
    .slice(0, SHOWN_USERS)
    .map((row) => `${row.state} ${placeText(row)} to ${placeText({ address: row.peerAddress, port: row.peerPort })}`);
  const others =
    shown.length === 0
      ? `No other socket with local port ${port} is listed; one that is bound and does not listen would not be.`
      : `Sockets that use local port ${port} without listening: ${shown.join('; ')}${users.length > SHOWN_USERS ? '; and more' : ''}.`;
  const range = (ephemeralPorts ?? []).join(' to ');
  return [
    `${placeText(place)} is not held by any listener.`,
    others,
    ...(isEphemeral(port, { ephemeralPorts })
      ? [`${port} lies in the ephemeral range ${range}: any outgoing connection may take it.`]
      : []),
  ];
}
