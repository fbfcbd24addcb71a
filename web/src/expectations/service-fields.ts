import type { ServiceDeclaration } from '@portlight/server/views';

/** A declaration as a form has it: every field a text, lists with commas. */
export interface ServiceFields {
  readonly name: string;
  readonly places: string;
  readonly unit: string;
  readonly exe: string;
  readonly user: string;
  readonly hosts: string;
  /** `zone=a, role=web` */
  readonly labels: string;
}

export const NO_FIELDS: ServiceFields = { name: '', places: '', unit: '', exe: '', user: '', hosts: '', labels: '' };

export function fieldsOf(service: ServiceDeclaration): ServiceFields {
  const { name, places, unit = '', exe = '', user = '', hosts = [], labels = {} } = service;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return { name, places: places.join(', '), unit, exe, user, hosts: hosts.join(', '), labels: pairs.join(', ') };
}

/** What is empty is left out: any holder, all machines. What is wrong is for the server to say. */
export function serviceOf(fields: ServiceFields): ServiceDeclaration {
  const [unit, exe, user] = [fields.unit.trim(), fields.exe.trim(), fields.user.trim()];
  const [hosts, labels] = [listOf(fields.hosts), labelsOf(fields.labels)];
  return {
    name: fields.name.trim(),
    places: listOf(fields.places),
    ...(unit === '' ? {} : { unit }),
    ...(exe === '' ? {} : { exe }),
    ...(user === '' ? {} : { user }),
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A comma without a `=` after it belongs to the value before it. */
function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(/,(?=[^,]*=)/).map((part) => part.trim());
  return Object.fromEntries(
    pairs
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [label = '', ...value] = pair.split('=');
        return [label.trim(), value.join('=').trim()];
      }),
  );
}
