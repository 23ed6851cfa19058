import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { type Entry, Journal, JournalError, readJournal } from './journal.ts'
import type { PlannedRing } from './plan.ts'
import { decide } from './resume.ts'
import { type RunOptions, runRings } from './run.ts'
import { Slots } from './slots.ts'
import { resultOf } from './testing.ts'

let folder: string
let journal: Journal
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-run-'))
  journal = new Journal(path.join(folder, 'journal.ndjson'), (text) => text)
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

const ring = (name: string, stacks: string[], more: Partial<PlannedRing> = {}): PlannedRing => ({
  name,
  stacks,
  approve: false,
  gates: { maxFailures: 0, forecast: {} },
  failBudget: 1,
  ...more,
})

/** What becomes of a stack is its name: `fails1`, `refuses`, `unchanged`, anything else is updated. */
function run(rings: PlannedRing[], more: Partial<RunOptions> = {}) {
  const begun: string[] = []
  const entries: Entry[] = []
  const options: RunOptions = {
    preview: false,
    signal: new AbortController().signal,
    slots: new Slots(1),
    journal,
    hashOf: () => 'h',
    decide: (stack) => decide(entries, stack, 'h'),
    isApproved: () => false,
    approve: async ({ name }) => ({ refused: `${name} is not approved` }),
    watch: { ring() {}, step() {}, says() {}, ended() {}, ringEnded: async () => {} },
    ...more,
    steps: {
      async apply(result, _ring, follower) {
        begun.push(result.stack)
        if (result.stack.startsWith('fails')) throw new Error('no such group')
        if (result.stack === 'unchanged') result.outcome = 'unchanged'
        else {
          follower.updating()
          result.outcome = 'updated'
        }
        return { tenant: undefined as never, facts: undefined, since: result.outcome === 'updated' ? 1 : undefined }
      },
      reopen: (_stack, facts, since) => ({ tenant: undefined as never, facts, since }),
      gate: async (_, { stacks }) =>
        stacks.includes('refuses') ? { passed: false, says: 'in quarantine' } : { passed: true, says: 'well' },
      ...more.steps,
    },
  }
  return runRings(rings, options).then(({ results, stopped, broken }) => ({
    begun,
    stopped,
    broken,
    outcomes: results.map(({ stack, outcome }) => `${stack} ${outcome}`),
    results,
  }))
}

test('ring after ring, each tenant once', async () => {
  const { begun, stopped, outcomes } = await run([ring('a', ['one', 'unchanged']), ring('b', ['two'])])
  expect(begun).toEqual(['one', 'unchanged', 'two'])
  expect(outcomes).toEqual(['one updated', 'unchanged unchanged', 'two updated'])
  expect(stopped).toBe('')
})

test('with so many failed no other one is begun, in this ring and in those to come', async () => {
  const rings = [ring('a', ['fails1', 'one', 'fails2', 'two'], { failBudget: 2 }), ring('b', ['three'])]
  const { begun, outcomes, stopped } = await run(rings)
  expect(begun).toEqual(['fails1', 'one', 'fails2'])
  expect(outcomes.slice(3)).toEqual(['two notStarted', 'three notStarted'])
  expect(stopped).toBe('ring a: 2 failed, and the failure budget is 2')
})

test('fewer than that are their own trouble', async () => {
  const { begun, stopped } = await run([ring('a', ['fails1', 'one'], { failBudget: 2 }), ring('b', ['two'])])
  expect([begun, stopped]).toEqual([['fails1', 'one', 'two'], ''])
})

test('a gate’s no ends it before the next ring, whatever the budget', async () => {
  const { outcomes, stopped } = await run([ring('a', ['refuses'], { failBudget: 9 }), ring('b', ['two'])])
  expect(outcomes).toEqual(['refuses refused', 'two notStarted'])
  expect(stopped).toBe('ring a: a gate said no for refuses')
})

test('a ring that waits for approval is asked for, only while something of it is left, and that is kept', async () => {
  const rings = [ring('a', ['one']), ring('b', ['two'], { approve: true })]
  expect((await run(rings)).stopped).toBe('b is not approved')
  const approve = jest.fn<RunOptions['approve']>(async () => ({ by: 'ann' }))
  expect((await run(rings, { approve })).outcomes).toEqual(['one updated', 'two updated'])
  expect(readJournal(journal.file)).toContainEqual(
    expect.objectContaining({ kind: 'approved', ring: 'b', by: 'ann', hashes: { two: 'h' } }),
  )
  const done = (stack: string) => ({ do: 'nothing' as const, result: resultOf(stack, { outcome: 'updated' }) })
  await run(rings, { approve, decide: done })
  await run(rings, { approve, isApproved: () => true })
  expect(approve).toHaveBeenCalledTimes(1)
})

test('interrupted: who has begun ends, nobody else begins, what was cut off is told so', async () => {
  const interrupt = new AbortController()
  const { outcomes, stopped } = await run([ring('a', ['one', 'two']), ring('b', ['three'])], {
    signal: interrupt.signal,
    steps: {
      async apply() {
        interrupt.abort()
        throw new Error('cancelled')
      },
    } as unknown as RunOptions['steps'],
  })
  expect(outcomes).toEqual(['one interrupted', 'two notStarted', 'three notStarted'])
  expect(stopped).toBe('interrupted')
})

test('a preview waits for nothing and stops at nothing', async () => {
  const { begun, stopped } = await run([ring('a', ['fails1', 'one']), ring('b', ['two'], { approve: true })], {
    preview: true,
    journal: undefined,
  })
  expect([begun, stopped]).toEqual([['fails1', 'one', 'two'], ''])
})

test('a journal that takes no more keeps the update from being begun, and everybody else', async () => {
  jest.spyOn(journal, 'write').mockImplementation(() => {
    throw new JournalError('no space left')
  })
  const { outcomes, broken, stopped, results } = await run([
    ring('a', ['one', 'two'], { failBudget: 9 }),
    ring('b', ['three']),
  ])
  expect(outcomes).toEqual(['one failed', 'two notStarted', 'three notStarted'])
  expect(results[0]!.errors).toEqual(['no space left'])
  expect([broken?.message, stopped]).toEqual(['no space left', 'no space left'])
})

test('what was updated before the journal took no more is told as updated', async () => {
  const write = journal.write.bind(journal)
  jest.spyOn(journal, 'write').mockImplementation((entry) => {
    if (entry.kind !== 'updating') throw new JournalError('no space left')
    write(entry)
  })
  const { outcomes, broken, results } = await run([ring('a', ['one', 'two'])])
  expect(outcomes).toEqual(['one updated', 'two notStarted'])
  expect(results[0]!.warnings).toContain('no space left')
  expect(broken).toBeInstanceOf(JournalError)
})
