/** A field as either database gives and takes it. */
export type Value = string | number | bigint | Uint8Array | null;

/** Some rows of one table; the fields of each in the order of `columns`. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}
