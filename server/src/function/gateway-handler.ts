import type { OutgoingHttpHeaders, RequestListener } from 'node:http';
import { configure } from '@codegenie/serverless-express';
import type { FunctionApp } from './function-app.ts';

/** What API Gateway, function URLs and load balancers of AWS take as an answer. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

export type GatewayHandler = (event: object, context: object) => Promise<GatewayAnswer>;

/** The adapter's own types need those of a package that is not installed. */
interface AdapterOptions {
  readonly app: RequestListener;
  readonly binarySettings: { readonly isBinary: typeof isBinary };
}

/** The app behind events in place of a socket. */
export function gatewayHandler(app: FunctionApp): GatewayHandler {
  const adapt = configure as (options: AdapterOptions) => GatewayHandler;
  const answer = adapt({
    app: (request, response) => void app.answer(request, response),
    binarySettings: { isBinary },
  });
  return async (event, context) => {
    const answered = withTexts(await answer(event, context));
    await app.settled();
    return answered;
  };
}

/** Node takes numbers for headers, a gateway does not. */
function withTexts(answer: GatewayAnswer): GatewayAnswer {
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return { ...answer, headers: Object.fromEntries(headers) };
}

/** All but plain text goes as base64, or it would not survive. */
function isBinary({ headers }: { readonly headers: OutgoingHttpHeaders }): boolean {
  const type = headers['content-type'] ?? 'text/plain';
  return (
    headers['content-encoding'] !== undefined || !/^(text\/|application\/(json|javascript)\b|image\/svg)/.test(type)
  );
}
