import { blankResult, type TenantResult } from './result.ts'

export const resultOf = (stack: string, more: Partial<TenantResult> = {}): TenantResult => ({
  ...blankResult(stack, 'canary'),
  ...more,
})
