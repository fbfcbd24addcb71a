import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';

/** Of an Express application, what its requests and answers inherit. */
export interface ExpressPrototypes {
  request: object;
  response: object;
}

/**
 * Express gives every request and every answer its own prototype as they come in, which costs more than a sign of life's
 * body. Made with that prototype from the start they are left alone.
 */
export function expressShapes(app: ExpressPrototypes): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class Request extends IncomingMessage {}
  class Response<Of extends IncomingMessage = IncomingMessage> extends ServerResponse<Of> {}
  Object.setPrototypeOf(Request.prototype, app.request);
  Object.setPrototypeOf(Response.prototype, app.response);
  app.request = Request.prototype;
  app.response = Response.prototype;
  return { IncomingMessage: Request, ServerResponse: Response };
}
