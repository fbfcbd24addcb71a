import 'reflect-metadata';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditController } from './audit/audit.controller.ts';
import { AuthGuard } from './auth/auth.guard.ts';
import { HostTokensController } from './auth/host-tokens.controller.ts';
import { SessionController } from './auth/session.controller.ts';
import { ExpectationsController } from './expectations/expectations.controller.ts';
import { FindingsController } from './findings/findings.controller.ts';
import { HealthController } from './health/health.controller.ts';
import { ForgettingController } from './hosts/forgetting.controller.ts';
import { HostsController } from './hosts/hosts.controller.ts';
import type { Admission } from './ingest/admission.ts';
import { IngestController } from './ingest/ingest.controller.ts';
import { PushGuard } from './ingest/push.guard.ts';
import { LiveController } from './live/live.controller.ts';
import { MaintenanceController } from './maintenance/maintenance.controller.ts';
import { OpenApiController } from './openapi/openapi.controller.ts';
import type { Services } from './services.ts';
import { StreamController } from './stream/stream.controller.ts';
import { SummaryController } from './summary/summary.controller.ts';
import { HistoryController } from './timeline/history.controller.ts';

/** Hands the services to the controllers; nothing is made here. */
@Module({})
export class AppModule {
  static of(services: Services & { readonly admission: Admission }): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        IngestController,
        HostsController,
        ForgettingController,
        HistoryController,
        FindingsController,
        ExpectationsController,
        LiveController,
        SummaryController,
        StreamController,
        SessionController,
        HostTokensController,
        AuditController,
        MaintenanceController,
        HealthController,
        OpenApiController,
      ],
      providers: [...Object.values(services).map(provide), PushGuard, { provide: APP_GUARD, useClass: AuthGuard }],
    };
  }
}

/** Each service is asked for by its class. */
function provide(service: object): Provider {
  return { provide: service.constructor as Type, useValue: service };
}
