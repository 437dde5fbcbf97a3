/** The names a schema gives to namespaces; any string when there is no schema. */
export type Name<Schema extends object> = Extract<keyof Schema, string>;

/** Stands for a type argument that was not given. */
export interface Unset {
  readonly 'not given': never;
}

/** The type of a value: what the call says, else what the schema says of the namespace. */
export type ValueOf<Schema extends object, N, T> = [T] extends [Unset]
  ? N extends keyof Schema
    ? Schema[N]
    : unknown
  : T;
