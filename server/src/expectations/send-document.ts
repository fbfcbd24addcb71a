import type { Answer } from '../http/exchange.ts';
import type { ExpectationsDocument, ExpectationsView } from '../views.ts';

/** What If-Match is compared with. */
export function withETag(view: ExpectationsView, response: Answer): ExpectationsView {
  response.setHeader('ETag', `"${view.revision}"`);
  return view;
}

/** One file, the same text for the same services. */
export function sendDocument({ format, services, revision }: ExpectationsView, response: Answer): string {
  const document: ExpectationsDocument = { format, services };
  response.setHeader('ETag', `"${revision}"`);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Disposition', 'attachment; filename="portlight-expectations.json"');
  return `${JSON.stringify(document, null, 2)}\n`;
}
