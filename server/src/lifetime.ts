/** What the services may count on between two requests. */
export interface Lifetime {
  /** The process may stand still or end after an answer: what an answer says is done by then. */
  readonly isFrozenBetween: boolean;
  /** Answers are passed on when they are complete, so a stream must end. */
  readonly areAnswersWhole: boolean;
}

export const LONG_RUNNING: Lifetime = { isFrozenBetween: false, areAnswersWhole: false };
