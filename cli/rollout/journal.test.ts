import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Entry, Journal, JournalError, journalFile, newestJournal, readJournal } from './journal.ts'
import { decide, isApproved, isComplete, resultsOf, stacksOf } from './resume.ts'
import { resultOf } from './testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (id = 'a', clean = (text: string) => text) => new Journal(journalFile(folder, id), clean)

test('what is written is there, in order, for the next run; the newest rollout is found', () => {
  const journal = open('20260101-000000-aaaa')
  journal.write({ kind: 'begin', id: 'x', by: 'ann on one', pid: 1, commit: 'abc', stacks: ['b', 'a'] })
  journal.close()
  const later = open('20260102-000000-aaaa')
  later.write({ kind: 'approved', ring: 'late', by: 'ann' })
  later.write({ kind: 'result', hash: 'h', result: resultOf('a', { outcome: 'failed' }) })
  later.close()
  const newest = newestJournal(folder)!
  expect(newest.id).toBe('20260102-000000-aaaa')
  expect(newest.entries.map(({ kind }) => kind)).toEqual(['approved', 'result'])
  expect([isApproved(newest.entries, 'late'), isApproved(newest.entries, 'early')]).toEqual([true, false])
  expect(resultsOf(newest.entries).get('a')?.outcome).toBe('failed')
  expect(stacksOf(readJournal(journalFile(folder, '20260101-000000-aaaa')))).toEqual(['b', 'a'])
})

test('a line that was cut off by a kill is left out, and the next one is not spoilt by it', () => {
  const first = open()
  first.write({ kind: 'approved', ring: 'one', by: 'ann' })
  first.close()
  appendFileSync(first.file, '{"kind":"approved","ring":"tw')
  const next = open()
  next.write({ kind: 'approved', ring: 'three', by: 'ann' })
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
  const write = () => journal.write({ kind: 'approved', ring: 'one', by: 'ann' })
  expect(write).toThrow(JournalError)
  expect(write).toThrow(/cannot be written \(ENOSPC.*make room and run the same command again/)
  journal.close()
})

describe('what is left of a tenant', () => {
  const at = '2026-01-01T00:00:00Z'
  const begin: Entry = { kind: 'begin', at, id: 'x', by: 'ann', pid: 1, commit: '', stacks: ['a', 'b'] }
  const updating: Entry = { kind: 'updating', at, stack: 'a', hash: 'h' }
  const facts = { servicePrincipalId: 's', jobId: 'j', connectionTested: true, fresh: true }
  const updated: Entry = {
    kind: 'updated',
    at,
    hash: 'h',
    result: resultOf('a', { outcome: 'updated', step: 'update' }),
    facts,
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
  const gate = { do: 'gate', facts, result: updated.result }

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

  test.each<[string, Entry[], boolean]>([
    ['just begun', [begin], false],
    ['ended, all done', [begin, { kind: 'end', at, outcome: 'done', complete: true }], true],
    ['ended, something left', [begin, { kind: 'end', at, outcome: 'stopped', complete: false }], false],
    [
      'gone on with, and killed',
      [begin, { kind: 'end', at, outcome: 'x', complete: true }, { kind: 'resume', at, by: '', pid: 1, commit: '' }],
      false,
    ],
  ])('a rollout that is %s is complete: %s', (_, entries, expected) => {
    expect(isComplete(entries)).toBe(expected)
  })
})
