import { Controller, Get, Header, Param } from '@nestjs/common';
import type { Snapshot } from '@portlight/agent/contract';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import { Live } from './live.ts';

@Describes('Machines')
@Controller('api/v1/hosts/:host/ports')
export class LiveController {
  constructor(private readonly live: Live) {}

  @Get()
  @Header('X-Portlight-Source', 'live')
  @Answers(200, 'Snapshot', 'what the machine’s agent answers now')
  @Refuses(401, 404, 409, 502, 504)
  ports(@Param('host') host: string): Promise<Snapshot> {
    return this.live.ports(host);
  }
}
