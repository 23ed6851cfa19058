import { expect, test } from '@jest/globals'
import { GraphError } from '../../provider/graph/client.ts'
import { ok, problem } from './finding.ts'
import { given, Sheet } from './sheet.ts'

const LIMIT = 60_000
const never = () => new Promise<never>(() => {})

test('findings come in the order they were written down, whichever is first', async () => {
  const sheet = new Sheet(LIMIT)
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  sheet.check('slow', {}, async () => {
    await gate
    return ok('1')
  })
  sheet.check('quick', {}, () => {
    open()
    return ok('2')
  })
  expect((await sheet.findings()).map(({ seen }) => seen)).toEqual(['1', '2'])
})

test('a check gets the values that it needs, also from a warning', async () => {
  const sheet = new Sheet(LIMIT)
  const a = sheet.check('a', {}, () => problem('half broken', 'mend it', 20))
  const b = given('b', 3)
  sheet.check('sum', { a, b }, (has) => ok(String(has.a + has.b)))
  expect((await sheet.findings()).map(({ seen }) => seen)).toEqual(['half broken', '23'])
})

test('without what it needs it is not made, nor is what needs it', async () => {
  const sheet = new Sheet(LIMIT)
  const a = sheet.check('a', {}, () => problem<number>('broken', 'mend it'))
  const b = sheet.check('b', { a }, (has) => ok('made', has.a))
  sheet.check('c', { b }, () => ok('made'))
  expect((await sheet.findings()).slice(1)).toEqual([
    { check: 'b', state: 'notChecked', seen: 'needs: a' },
    { check: 'c', state: 'notChecked', seen: 'needs: b' },
  ])
})

test('what takes too long is a problem, is told to end, and holds nothing else up', async () => {
  const sheet = new Sheet(20)
  let told: AbortSignal | undefined
  const stuck = sheet.check('stuck', {}, (_, signal) => {
    told = signal
    return never()
  })
  sheet.check('after', { stuck }, () => ok('made'))
  sheet.check('beside', {}, () => ok('made'))
  expect(await sheet.findings()).toMatchObject([
    { state: 'problem', seen: 'there was no answer within 0.02 s', fix: expect.stringContaining('--timeout') },
    { state: 'notChecked', seen: 'needs: stuck' },
    { state: 'ok' },
  ])
  expect(told?.aborted).toBe(true)
})

test('what is thrown is a problem, with the advice below it; a missing permission is no finding of this check', async () => {
  const sheet = new Sheet(LIMIT)
  sheet.check('thrown', {}, () => {
    throw new Error('it broke\nMend it.')
  })
  sheet.check('refused', {}, () => {
    const failed = { tenantId: 't', method: 'GET', path: '/groups?$filter=x', requestId: undefined }
    throw new GraphError({ ...failed, status: 403, body: { error: { code: 'Authorization_RequestDenied' } } })
  })
  expect(await sheet.findings()).toEqual([
    { check: 'thrown', state: 'problem', seen: 'it broke', fix: 'Mend it.' },
    { check: 'refused', state: 'notChecked', seen: 'the caller may not ask: GET /groups' },
  ])
})
