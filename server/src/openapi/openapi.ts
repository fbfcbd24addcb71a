import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** The API's description, made from the controllers' decorators when it is first asked for. */
export class OpenApi {
  private made: object | null = null;
  private app: INestApplication | null = null;

  constructor(private readonly version: string) {}

  describe(app: INestApplication): void {
    this.app = app;
  }

  get document(): object {
    this.made ??= this.app ? SwaggerModule.createDocument(this.app, this.head()) : {};
    return this.made;
  }

  private head() {
    return new DocumentBuilder()
      .setTitle('Portlight')
      .setDescription('Who holds which port since when, across a fleet')
      .setVersion(this.version)
      .addBearerAuth()
      .addCookieAuth('portlight_session')
      .build();
  }
}
