import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { inspect } from 'node:util';
import { readFunctionConfig, type ServerConfig } from '../config.ts';
import { closeInstance, openInstance, type Instance } from '../instance.ts';
import { StartFault } from '../refusal.ts';
import { unreadBody } from './unread-body.ts';

/** What is expected of the fleet is looked up again after this long: there are no timers. */
const REFRESH_AFTER_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

interface FunctionOptions {
  /** The platform passes an answer on when it is complete, so no stream may last. */
  readonly areAnswersWhole: boolean;
}

/**
 * The server of one instance of a function: opened by the first request, kept for the following ones. Between requests it may
 * stand still or be thrown away, so nothing is left to be done later.
 */
export class FunctionApp {
  private opening: Promise<Instance> | null = null;
  private refreshedAt = -Infinity;

  constructor(
    private readonly environment: Readonly<Record<string, string | undefined>>,
    private readonly options: FunctionOptions = { areAnswersWhole: false },
  ) {}

  /** Resolves when the answer is complete and nothing is left to do; never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = finished(response).catch(() => undefined);
    try {
      const instance = await this.open();
      await this.refresh(instance);
      const listener = instance.app.getHttpAdapter().getInstance() as RequestListener;
      listener(unreadBody(request), response);
    } catch (cause) {
      refuse(response, cause);
    }
    await answered;
    await this.settled();
  }

  /** Resolves when what requests have left to do is done. */
  async settled(): Promise<void> {
    const instance = await this.opening?.catch(() => null);
    await instance?.services.audit.idle();
  }

  /** What is open is closed; the next request opens it again. */
  async close(): Promise<void> {
    const instance = await this.opening;
    this.opening = null;
    if (instance) await closeInstance(instance);
  }

  /** A start that failed is tried again by the next request. */
  private async open(): Promise<Instance> {
    this.opening ??= this.start();
    try {
      return await this.opening;
    } catch (cause) {
      this.opening = null;
      throw cause;
    }
  }

  private async start(): Promise<Instance> {
    const instance = await openInstance(configOf(this.environment), { isFrozenBetween: true, ...this.options });
    await instance.app.init();
    return instance;
  }

  /** Another instance may have stored expectations meanwhile. */
  private async refresh({ services, log }: Instance): Promise<void> {
    const now = performance.now();
    if (now - this.refreshedAt < REFRESH_AFTER_MS) return;
    this.refreshedAt = now;
    try {
      await services.book.refresh();
    } catch (cause) {
      log.warn({ cause: String(cause) }, 'expectations could not be looked up; what was known of them is used');
    }
  }
}

function configOf(environment: Readonly<Record<string, string | undefined>>): ServerConfig {
  const command = readFunctionConfig(environment);
  if (command.kind === 'run') return command.config;
  throw new StartFault(2, command.kind === 'faults' ? command.faults.join('\n') : 'expected a configuration');
}

/** Whoever asks learns that nothing answers; why is for the operator. */
function refuse(response: ServerResponse, cause: unknown): void {
  process.stderr.write(`portlight-server: ${cause instanceof StartFault ? cause.message : inspect(cause)}\n`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error = { code: 'not-started', message: 'the server could not start', hint: 'the function’s log says why' };
  response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': RETRY_AFTER_SECONDS });
  response.end(JSON.stringify({ error, requestId: '' }));
}
