import { environmentName } from './config.ts';
import { OPTIONS, type Option } from './config-options.ts';
import { SUBCOMMANDS } from './config-subcommands.ts';

const INTRODUCTION = `portlight-server [options]
portlight-server COMMAND [--state-dir DIR] [--store STORE]

Keeps what the fleet's agents push, and answers for it: pages at /, API at /api/v1, OpenAPI at /api/openapi.json.
Each option can be given in the environment instead; a flag wins.`;

/** Text of `--help`, grouped. */
export function helpText(): string {
  const options: readonly Option<unknown>[] = Object.values(OPTIONS);
  const groups = [...Map.groupBy(options, ({ group }) => group)];
  const sections = groups.map(([group, members]) => [`${group}:`, ...members.map(describe)].join('\n'));
  const commands = Object.values(SUBCOMMANDS).map(({ usage, help }) => `  ${usage}\n      ${help}`);
  return [INTRODUCTION, ['Commands:', ...commands].join('\n'), ...sections, 'Other:\n  --help\n  --version'].join(
    '\n\n',
  );
}

function describe({ flag, argument, help, fallback }: Option<unknown>): string {
  const preset = fallback.length > 0 ? ` (default ${fallback.join(' ')})` : '';
  return `  --${flag} ${argument}\n      ${help}${preset}\n      ${environmentName(flag)}`;
}
