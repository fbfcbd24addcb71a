import { IncomingMessage } from 'node:http';

/** Some platforms read the body before they call: they leave its bytes in `rawBody`. */
interface ReadRequest extends IncomingMessage {
  readonly rawBody?: unknown;
}

/** The request with its body still to be read. */
export function unreadBody(request: ReadRequest): IncomingMessage {
  const { rawBody } = request;
  if (!request.readableEnded || !Buffer.isBuffer(rawBody)) return request;
  const { method, url, headers, socket, httpVersion } = request;
  const unread = Object.assign(new IncomingMessage(socket), { method, url, headers, httpVersion, complete: true });
  unread.push(rawBody);
  unread.push(null);
  return unread;
}
