import { z } from 'zod'
import { nearest } from './nearest.ts'

/** An object without unknown keys; the message has one line for each of them, in the order of the issue's `keys`. */
export const object = <T extends z.ZodRawShape>(shape: T) => {
  const known = Object.keys(shape)
  const hint = (key: string) => {
    const meant = nearest(key, known)
    return meant ? `did you mean ${meant}?` : `allowed are ${known.join(', ')}`
  }
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map(hint).join('\n') : `it must have ${known.join(', ')}`,
  })
}
