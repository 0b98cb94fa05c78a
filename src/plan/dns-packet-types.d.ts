declare module 'dns-packet/types.js' {
  /** The number of a type of records; 0 for a name that is none. */
  export function toType(name: string): number
}
