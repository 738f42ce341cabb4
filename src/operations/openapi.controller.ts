import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Answer } from '../../libs/web/answers.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { ApiDocument } from './api-document.service.js';
import { apiPage } from './api-docs.page.js';

/** What programs may read, for programs and for those who write them. */
@ApiExcludeController()
@Controller('api')
export class OpenApiController {
  constructor(private readonly document: ApiDocument) {}

  @Get('openapi.json')
  @Header('access-control-allow-origin', '*')
  json(): OpenAPIObject {
    return this.document.get();
  }

  /** Written from the document itself, in English; a page of scripts would be against the site's own policy. */
  @Get('docs')
  docs(@CurrentReader() reader: Reader): Answer {
    return apiPage(reader, this.document.get());
  }
}
