import type { ExpectationsDocument } from '@portlight/server/views';
import { visibleText } from '../format/visible-text.ts';
import type { ServiceFields } from './service-fields.ts';

/** What the server says is wrong with a document, told of the services it is about. */
interface ServiceFault {
  /** Name of the service; null: it is about the document. */
  readonly service: string | null;
  /** Null: it is about the service as a whole. */
  readonly field: keyof ServiceFields | null;
  readonly text: string;
}

const FIELDS: readonly (keyof ServiceFields)[] = ['name', 'places', 'unit', 'exe', 'user', 'hosts', 'labels'];

/** Of faults as `$.services[0].places[1]: expected …`. */
export function serviceFaults(
  faults: readonly string[],
  { services }: Pick<ExpectationsDocument, 'services'>,
): readonly ServiceFault[] {
  return faults.map((fault) => {
    const [, index, path = '', text = fault] = /^\$?\.?services\[(\d+)\]([^:\s]*):? (.*)$/s.exec(fault) ?? [];
    if (index === undefined) return { service: null, field: null, text: fault };
    const key = /^\.(\w+)/.exec(path)?.[1];
    return {
      service: visibleText(services[Number(index)]?.name ?? `service ${Number(index) + 1}`),
      field: FIELDS.find((field) => field === key) ?? null,
      text,
    };
  });
}
