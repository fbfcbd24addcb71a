import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Push } from '@portlight/agent/contract';
import { decompressorOf } from '../http/decompress.ts';
import type { Asked } from '../http/exchange.ts';
import { readBody } from '../http/read-body.ts';
import { parseJson, refuseOtherTypes } from '../http/read-json.ts';
import { Refusal } from '../refusal.ts';
import type { Place } from './admission.ts';
import { parsePush } from './parse-push.ts';

/** The body, read only after the guards have let the machine in; a machine may write for itself only. */
export const PushBody = createParamDecorator(async (_: unknown, context: ExecutionContext): Promise<Push> => {
  const request = context.switchToHttp().getRequest<Asked>();
  const { place = null, pushingHost = null } = request;
  try {
    const push = parsePush(place ? await readLarge(request, place) : await readSmall(request));
    if (pushingHost !== null && pushingHost !== push.hostId) throw otherHost(push);
    return push;
  } catch (cause) {
    place?.leave();
    throw cause;
  }
});

async function readSmall(request: Asked): Promise<unknown> {
  refuseOtherTypes(request);
  return parseJson(await readBody(request));
}

/** Takes its turn with the other large ones before it needs the processor for long. */
async function readLarge(request: Asked, place: Place): Promise<unknown> {
  refuseOtherTypes(request);
  const decompress = decompressorOf(request);
  const sent = await readBody(request);
  await place.turn();
  const bytes = decompress ? await decompress(sent) : sent;
  place.holds(bytes.length);
  return parseJson(bytes);
}

function otherHost({ hostId }: Push): Refusal {
  return new Refusal(403, 'other-host', `this token is not of host ${hostId}`, {
    hint: 'push with the token this host got when it enrolled',
  });
}
