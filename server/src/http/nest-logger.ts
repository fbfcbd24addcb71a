import type { LoggerService } from '@nestjs/common';
import type { Log } from '../log.ts';

/** Nest's own words go to our log; what it says of each route is of no use to an operator. */
export function nestLogger(log: Log): LoggerService {
  return {
    log: (message: unknown) => {
      log.debug(String(message));
    },
    warn: (message: unknown) => {
      log.warn(String(message));
    },
    error: (message: unknown, stack?: unknown) => {
      log.error({ cause: stack }, String(message));
    },
  };
}
