import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Entry, Journal, JournalError, journalFile, readJournal, readJournals } from './journal.ts'
import { decide, failedIn, isApproved, isOf, unfinishedIn } from './resume.ts'
import { resultOf } from './testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (id = 'a', clean = (text: string) => text) => new Journal(journalFile(folder, id), clean)

const hashes = { a: 'h' }

test('what is written is there, in order, for the next run; the newest rollout first', () => {
  const journal = open('20260101-000000-aaaa')
  journal.write({ kind: 'begin', id: 'x', by: 'ann on one', pid: 1, commit: 'abc', stacks: ['b', 'a'] })
  journal.close()
  const later = open('20260102-000000-aaaa')
  later.write({ kind: 'approved', ring: 'late', by: 'ann', hashes })
  later.write({ kind: 'result', hash: 'h', result: resultOf('a', { outcome: 'failed' }) })
  later.close()
  const kinds = [...readJournals(folder)].map(({ id, entries }) => [id, ...entries.map(({ kind }) => kind)])
  expect(kinds).toEqual([
    ['20260102-000000-aaaa', 'approved', 'result'],
    ['20260101-000000-aaaa', 'begin'],
  ])
})

test('an approval is of a ring with what its stacks were made from; what is new or was changed since is asked for', () => {
  const approved = (ring: string, to: Record<string, string>): Entry => ({
    kind: 'approved',
    at: '',
    ring,
    by: 'ann',
    hashes: to,
  })
  const entries = [approved('late', { a: 'h', b: 'h' }), approved('late', { c: 'h' }), approved('early', { d: 'h' })]
  const isYes = (now: Record<string, string>) => isApproved(entries, 'late', now)
  expect([isYes({ a: 'h', b: 'h' }), isYes({ b: 'h', c: 'h' })]).toEqual([true, true])
  expect([isYes({ a: 'h', b: 'other' }), isYes({ a: 'h', d: 'h' }), isYes({ e: 'h' })]).toEqual([false, false, false])
})

test('a line that was cut off by a kill is left out, and the next one is not spoilt by it', () => {
  const first = open()
  first.write({ kind: 'approved', ring: 'one', by: 'ann', hashes })
  first.close()
  appendFileSync(first.file, '{"kind":"approved","ring":"tw')
  const next = open()
  next.write({ kind: 'approved', ring: 'three', by: 'ann', hashes })
  next.close()
  expect(readJournal(first.file)).toMatchObject([{ ring: 'one' }, { ring: 'three' }])
})

test('no secret is in it', () => {
  const journal = open('a', (text) => text.replaceAll('hunter2', '[secret]'))
  journal.write({ kind: 'result', hash: 'h', result: resultOf('a', { errors: ['it said hunter2'] }) })
  journal.close()
  expect(readFileSync(journal.file, 'utf8')).toContain('it said [secret]')
})

const hasFull = process.platform === 'linux' ? test : test.skip
hasFull('a full disk is told as such, with what to do', () => {
  mkdirSync(path.join(folder, 'a'))
  symlinkSync('/dev/full', journalFile(folder, 'a'))
  const journal = new Journal(journalFile(folder, 'a'), (text) => text)
  const write = () => journal.write({ kind: 'approved', ring: 'one', by: 'ann', hashes })
  expect(write).toThrow(JournalError)
  expect(write).toThrow(/cannot be written \(ENOSPC.*make room and run the same command again/)
  journal.close()
})

describe('what is left of a tenant', () => {
  const at = '2026-01-01T00:00:00Z'
  const begin: Entry = { kind: 'begin', at, id: 'x', by: 'ann', pid: 1, commit: '', stacks: ['a', 'b'] }
  const updating: Entry = { kind: 'updating', at, stack: 'a', hash: 'h' }
  const facts = { servicePrincipalId: 's', jobId: 'j', connectionTested: true }
  const updated: Extract<Entry, { kind: 'updated' }> = {
    kind: 'updated',
    at,
    hash: 'h',
    result: resultOf('a', { outcome: 'updated', step: 'update' }),
    facts,
    since: 1,
  }
  const ended = (
    outcome: 'updated' | 'unchanged' | 'failed' | 'refused' | 'interrupted',
    step: 'update' | 'preview' | 'gate',
  ): Entry => ({
    kind: 'result',
    at,
    hash: 'h',
    result: resultOf('a', { outcome, step }),
  })
  const gate = { do: 'gate', facts, since: 1, result: updated.result }

  test.each<[string, Entry[], object]>([
    ['nothing was begun', [], { do: 'all' }],
    ['killed while updating', [updating], { do: 'all', after: 'update' }],
    ['killed while its gate was waited for', [updating, updated], gate],
    ['done', [updating, updated, ended('updated', 'gate')], { do: 'nothing' }],
    ['unchanged', [ended('unchanged', 'gate')], { do: 'nothing' }],
    ['refused by its gate after the update', [updating, updated, ended('refused', 'gate')], gate],
    ['interrupted at its gate', [updating, updated, ended('interrupted', 'gate')], gate],
    ['refused by its gate without an update', [ended('refused', 'gate')], { do: 'all' }],
    ['failed before the update', [ended('failed', 'preview')], { do: 'all' }],
    ['failed in the update', [updating, ended('failed', 'update')], { do: 'all', after: 'update' }],
    ['interrupted in the update', [updating, ended('interrupted', 'update')], { do: 'all', after: 'update' }],
  ])('%s', (_, entries, expected) => {
    expect(decide([begin, ...entries], 'a', 'h')).toMatchObject(expected)
    expect(decide([begin, ...entries], 'b', 'h')).toEqual({ do: 'all' })
  })

  test('everything, once its files have changed', () => {
    expect(decide([begin, updating, updated, ended('updated', 'gate')], 'a', 'other')).toEqual({ do: 'all' })
    expect(decide([begin, updating, updated], 'a', 'other')).toEqual({ do: 'all' })
  })

  test('killed after any line, nothing that is done is done again, and nothing that may be half done is left', () => {
    const way = [updating, updated, ended('updated', 'gate')]
    fc.assert(
      fc.property(fc.nat(way.length), (length) => {
        const decision = decide([begin, ...way.slice(0, length)], 'a', 'h')
        expect(decision.do).toBe((['all', 'all', 'gate', 'nothing'] as const)[length])
      }),
    )
  })

  const done = (stack: string, outcome: 'updated' | 'failed' = 'updated'): Entry => ({
    kind: 'result',
    at,
    hash: 'h',
    result: resultOf(stack, { outcome, step: 'gate' }),
  })

  test.each<[string, Entry[], number]>([
    ['just begun', [begin], 0],
    ['all done', [begin, done('a'), done('b')], 2],
    ['ended, something left', [begin, done('a'), done('b', 'failed'), { kind: 'end', at, outcome: 'stopped' }], 1],
    ['at the gate of the last one', [begin, done('b'), updating, updated], 1],
    ['gone on with, and killed in an update', [begin, done('a'), done('b'), updating], 1],
  ])('of a rollout that is %s, so many are done: %s', (_, entries, expected) => {
    write('1', entries)
    expect([...unfinishedIn(folder)].map((one) => one.done)).toEqual(expected === 2 ? [] : [expected])
  })

  function write(id: string, entries: Entry[]): void {
    const journal = open(id)
    for (const entry of entries) journal.write(entry)
    journal.close()
  }

  test('a rollout of others does not hide one that is unfinished, and neither takes the place of the other', () => {
    write('1', [begin, done('a', 'failed')])
    write('2', [{ ...begin, stacks: ['c'] }, done('c', 'failed')])
    const found = [...unfinishedIn(folder)]
    expect(found.map(({ id, stacks }) => [id, ...stacks])).toEqual([
      ['2', 'c'],
      ['1', 'a', 'b'],
    ])
    expect(found.map(failedIn)).toEqual([['c'], ['a']])
    expect(found.map((one) => isOf(one, ['b', 'a']))).toEqual([false, true])
  })

  test('what a later rollout did to a tenant counts in an earlier one; what was approved there does not', () => {
    write('1', [begin, done('a', 'failed')])
    const yes: Entry = { kind: 'approved', at, ring: 'late', by: 'ann', hashes: { b: 'h' } }
    write('2', [{ ...begin, stacks: ['a'] }, yes, updating, updated, { ...done('a'), hash: 'other' } as Entry])
    const [found, ...more] = [...unfinishedIn(folder)]
    expect([found!.id, found!.done, more]).toEqual(['1', 1, []])
    expect(failedIn(found!)).toEqual([])
    expect(decide(found!.entries, 'a', 'h')).toEqual({ do: 'all' })
    expect(isApproved(found!.entries, 'late', { b: 'h' })).toBe(false)
    write('3', [{ ...begin, stacks: ['b'] }, done('b')])
    expect([...unfinishedIn(folder)]).toEqual([])
  })
})
