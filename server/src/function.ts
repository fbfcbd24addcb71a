/*
 * The server as a request handler, for platforms that run functions. One module, two forms: `answer` takes Node's
 * request and response, `handler` an event of an API gateway. A platform calls one of them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FunctionApp } from './function/function-app.ts';
import { gatewayHandler } from './function/gateway-handler.ts';

const app = new FunctionApp(process.env);

export function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  return app.answer(request, response);
}

export const handler = gatewayHandler(new FunctionApp(process.env, { areAnswersWhole: true }));
