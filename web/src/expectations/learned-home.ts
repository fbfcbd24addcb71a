import type { LearnedFleetHome, ServiceDeclaration } from '@portlight/server/views';

/** A learned home as a declaration for all machines, by a name that no other service has. */
export function declarationOf(
  { program, address, port }: Pick<LearnedFleetHome, 'program' | 'address' | 'port'>,
  services: readonly Pick<ServiceDeclaration, 'name'>[],
): ServiceDeclaration {
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return { name: freeName(program, services), places: [place], exe: program };
}

/** In the letters that a name may have. */
function freeName(program: string, services: readonly Pick<ServiceDeclaration, 'name'>[]): string {
  const stem =
    program
      .replace(/[^A-Za-z0-9_.-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 58) || 'service';
  const isFree = (name: string) => services.every((each) => each.name !== name);
  let name = stem;
  for (let number = 2; !isFree(name); number += 1) name = `${stem}-${number}`;
  return name;
}
