import type { ServiceDeclaration } from '@portlight/server/views';
import { visibleText } from '../format/visible-text.ts';

/** `unit web.service, user web`; what its holder must be. */
export function holderWords({ unit, exe, user }: ServiceDeclaration): string {
  const parts = [
    unit === undefined ? '' : `unit ${unit}`,
    exe === undefined ? '' : `executable ${exe}`,
    user === undefined ? '' : `user ${user}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'any program' : visibleText(parts.join(', '));
}

/** `web-* or db-1, zone=a`; the machines it is for. */
export function machineWords({ hosts = [], labels = {} }: ServiceDeclaration): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const parts = [hosts.join(' or '), ...pairs].filter((part) => part !== '');
  return parts.length === 0 ? 'all machines' : visibleText(parts.join(', '));
}
