import type { Exposure } from '@portlight/server/views';
import type { IconName } from '../ui/icons.ts';

/** From where a bound address can be reached, for people. */
export const BIND_SENTENCES: Readonly<Record<Exposure, string>> = {
  loopback: 'this machine only',
  private: 'a private network address',
  public: 'a public address',
  any: 'every interface',
};

export const BIND_ICONS: Readonly<Record<Exposure, IconName>> = {
  loopback: 'lock',
  private: 'network',
  public: 'globe',
  any: 'globe',
};
