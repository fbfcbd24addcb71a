import { ExpressAdapter } from '@nestjs/platform-express';

/** Express without body parsers: bodies are read after the guards, by what needs them. */
export class PlainAdapter extends ExpressAdapter {
  override registerParserMiddleware(): void {
    // None.
  }
}
