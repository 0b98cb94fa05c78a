/** The part of jstat that the tests compare with; the package has no types of its own. */
declare module 'jstat' {
  const jstat: { chisquare: { cdf(x: number, df: number): number } }
  export default jstat
}
