import { applyDecorators } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';

const ERRORS: Readonly<Record<number, string>> = {
  400: 'a parameter is wrong',
  401: 'a token is missing or not valid',
  403: 'the token may not do this',
  404: 'unknown',
  409: 'in conflict with what is known',
  412: 'another was stored meanwhile',
  413: 'too large',
  422: 'the body is wrong: every fault is listed',
  429: 'too many failures; Retry-After says when to try again',
  502: 'the agent answered something else',
  503: 'the store cannot be used now; Retry-After says when to try again',
  504: 'the agent cannot be reached',
};

/** Group of a controller's paths. */
export function Describes(tag: string): ClassDecorator {
  return ApiTags(tag);
}

/** What a route answers: `view` names an interface of views.ts or contract.ts, null an empty body. */
export function Answers(status: number, view: string | null, description: string): MethodDecorator {
  const content = view === null ? {} : { content: { 'application/json': { schema: { title: view, type: 'object' } } } };
  return ApiResponse({ status, description, ...content });
}

/** How a route refuses; each is an ErrorAnswer. */
export function Refuses(...statuses: readonly number[]): MethodDecorator {
  const content = { 'application/json': { schema: { title: 'ErrorAnswer', type: 'object' } } };
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, description: ERRORS[status] ?? '', content })),
  );
}
