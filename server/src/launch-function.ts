import { createRequire, enableCompileCache } from 'node:module';
import { join } from 'node:path';

/* What a platform loads first: as launch.ts, for the function. The folder is filled by deploy/function/package.sh. */
enableCompileCache({ directory: join(import.meta.dirname, 'compile-cache'), portable: true });
const main = createRequire(import.meta.url)('./function-main.cjs') as typeof import('./function.ts');

export default main.answer;
export const handler = main.handler;
