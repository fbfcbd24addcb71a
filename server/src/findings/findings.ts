import { Refusal } from '../refusal.ts';
import { stamp } from '../stamp.ts';
import type { StoreReader } from '../store/store.ts';
import type { FindingGroupAnswer, FindingGroupView, Page } from '../views.ts';
import { nextCursor, parseFindingQuery, type FindingsAsked } from './finding-page.ts';
import { toGroupView } from './group-view.ts';

/** The fleet's troubles, each once whatever number of machines has it. */
export class Findings {
  constructor(
    private readonly reader: StoreReader,
    private readonly now: () => number,
  ) {}

  async list(asked: FindingsAsked): Promise<Page<FindingGroupView>> {
    const query = parseFindingQuery(asked);
    const { groups, total } = await this.reader.findingGroups(query);
    return { items: groups.map(toGroupView), nextCursor: nextCursor(groups, query), total, ...stamp(this.now()) };
  }

  /** By a group's id or that of one of its findings. */
  async one(id: string): Promise<FindingGroupAnswer> {
    const group = await this.reader.findingGroup(id);
    if (group) return { ...toGroupView(group), ...stamp(this.now()) };
    throw new Refusal(404, 'unknown-finding', `no finding has the id ${JSON.stringify(id.slice(0, 64))}`, {
      hint: 'GET /api/v1/findings lists the open ones, ?state=closed those that ended; after --retention they are removed',
    });
  }
}
