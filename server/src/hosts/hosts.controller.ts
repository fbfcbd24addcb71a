import { Controller, Get, Param, Query } from '@nestjs/common';
import { Answers, Describes, Refuses } from '../openapi/decorators.ts';
import type { HostMap, HostRow, HostView, Page } from '../views.ts';
import type { HostsAsked } from './host-page.ts';
import { Hosts } from './hosts.ts';

@Describes('Machines')
@Controller('api/v1/hosts')
export class HostsController {
  constructor(private readonly hosts: Hosts) {}

  @Get()
  @Answers(200, 'Page<HostRow>', 'machines, 200 a page')
  @Refuses(400, 401)
  list(@Query() asked: HostsAsked): Promise<Page<HostRow>> {
    return this.hosts.list(asked);
  }

  @Get('map')
  @Answers(200, 'HostMap', 'every machine as one character')
  @Refuses(401)
  map(): Promise<HostMap> {
    return this.hosts.map();
  }

  @Get(':host')
  @Answers(200, 'HostView', 'one machine, by name or id')
  @Refuses(401, 404, 409)
  one(@Param('host') host: string): Promise<HostView> {
    return this.hosts.one(host);
  }
}
