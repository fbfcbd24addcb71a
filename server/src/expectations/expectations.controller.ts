import { Controller, Get, HttpCode, Post, Put, Query, Req, Res } from '@nestjs/common';
import { Access } from '../auth/access.ts';
import { Needs } from '../auth/auth.guard.ts';
import { actorOf } from '../auth/caller-name.ts';
import type { Answer, Asked } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { ExpectationsPreview, ExpectationsRevision, ExpectationsView, Page, PinPreview } from '../views.ts';
import { isFile, parseIfMatch, parsePin, parseRevision, type ExpectationsAsked } from './asked.ts';
import { parseDocument } from './document.ts';
import { Expectations } from './expectations.ts';
import { sendDocument, withETag } from './send-document.ts';

@Describes('Expectations')
@Controller('api/v1/expectations')
export class ExpectationsController {
  constructor(
    private readonly expectations: Expectations,
    private readonly access: Access,
  ) {}

  @Get()
  @Answers(200, 'ExpectationsView', 'what is declared and what was learned; with format=file the ExpectationsDocument')
  @Refuses(400, 401, 404)
  async show(
    @Query() { revision, format }: ExpectationsAsked,
    @Res({ passthrough: true }) response: Answer,
  ): Promise<ExpectationsView | string> {
    const view = await this.expectations.view(parseRevision(revision));
    return isFile(format) ? sendDocument(view, response) : withETag(view, response);
  }

  @Put()
  @Needs('admin')
  @Answers(200, 'ExpectationsView', 'an ExpectationsDocument is in force; with If-Match only in place of that revision')
  @Refuses(400, 401, 403, 412, 413, 422, 503)
  async store(@Req() request: Asked, @Res({ passthrough: true }) response: Answer): Promise<ExpectationsView> {
    const madeFrom = parseIfMatch(request.headers['if-match']);
    const document = parseDocument(await readJson(request));
    const actor = actorOf(request, this.access);
    return withETag(await this.expectations.change({ document, madeFrom, actor }), response);
  }

  @Get('revisions')
  @Answers(200, 'Page<ExpectationsRevision>', 'who changed them when, newest first, 200 a page')
  @Refuses(400, 401)
  revisions(@Query('cursor') cursor: unknown): Promise<Page<ExpectationsRevision>> {
    return this.expectations.revisions(cursor);
  }

  @Post('preview')
  @HttpCode(200)
  @Needs('admin')
  @Answers(200, 'ExpectationsPreview', 'what an ExpectationsDocument would open and close; nothing is stored')
  @Refuses(401, 403, 413, 422)
  async preview(@Req() request: Asked): Promise<ExpectationsPreview> {
    return await this.expectations.preview(parseDocument(await readJson(request)));
  }

  @Post('pin')
  @HttpCode(200)
  @Needs('admin')
  @Answers(200, 'ExpectationsView', 'by an ExpectationPin, where the program is now is what is expected of it')
  @Refuses(401, 403, 404, 412, 413, 422, 503)
  async pin(@Req() request: Asked, @Res({ passthrough: true }) response: Answer): Promise<ExpectationsView> {
    const pin = parsePin(await readJson(request));
    return withETag(await this.expectations.pin(pin, actorOf(request, this.access)), response);
  }

  @Post('pin/preview')
  @HttpCode(200)
  @Needs('admin')
  @Answers(200, 'PinPreview', 'what an ExpectationPin would declare, open and close; nothing is stored')
  @Refuses(401, 403, 404, 413, 422)
  async previewPin(@Req() request: Asked): Promise<PinPreview> {
    return await this.expectations.previewPin(parsePin(await readJson(request)));
  }
}
