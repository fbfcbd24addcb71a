import { Controller, Get } from '@nestjs/common';
import { Answers, Describes } from './decorators.ts';
import { OpenApi } from './openapi.ts';

@Describes('API')
@Controller('api/openapi.json')
export class OpenApiController {
  constructor(private readonly openApi: OpenApi) {}

  @Get()
  @Answers(200, 'OpenAPI', 'this description')
  show(): object {
    return this.openApi.document;
  }
}
