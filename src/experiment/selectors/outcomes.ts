/** The kernel did otherwise; the message says what. */
export class Mismatch extends Error {}

/** It cannot be tested here; the message says why. */
export class NotPossible extends Error {}
