import pg from 'pg';

const BIGINT = 20;
const NUMERIC = 1700;

/** Whole numbers as numbers, where the driver gives texts: every count and time of ours is exact as one. */
export const NUMBERS: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    isWholeNumber(oid) ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
};

function isWholeNumber(oid: number): boolean {
  return oid === BIGINT || oid === NUMERIC;
}
