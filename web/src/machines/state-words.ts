import type { HostState } from '@portlight/server/views';

export const STATE_WORDS: Readonly<Record<HostState, string>> = {
  reporting: 'reporting',
  silent: 'silent',
  left: 'stopped',
};
