/** Thrown for a request that the control surface does not understand. */
export class BadControl extends Error {}
