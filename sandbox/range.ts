/** Least and most, both allowed. */
export type Range = readonly [least: number, most: number]

/** The longest that a timer waits, milliseconds, and more than anything counts here. */
export const MANY = 2_147_483_647

/** Whether it is a whole number of the range. */
export const isWithin = ([least, most]: Range, value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most
