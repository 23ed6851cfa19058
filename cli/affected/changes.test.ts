import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { changedFiles, stacksOf } from './changes.ts'
import { affectedStacks } from './rules.ts'

let base: string
let clone: string
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'entrada-affected-'))
  clone = path.join(base, 'clone')
  mkdirSync(clone)
  git('init', '--quiet', '--initial-branch=main')
  write('stacks/Pulumi.contoso.yaml', stackOf('external'))
  write('stacks/Pulumi.fabrikam.yaml', stackOf('containerApp'))
  write('stacks/Pulumi.pinned.yaml', stackOf('containerApp', 'registry.example/scim:1'))
  write('stacks/Pulumi.example.yaml', stackOf('external'))
  write('stacks/Pulumi.local.yaml', stackOf('local'))
  write('index.ts', 'export default 1\n')
  write('docs/start.md', 'x\n')
  commit()
  git('branch', 'before')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...identity, ...args], {
    cwd: clone,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
function write(file: string, text: string): void {
  const full = path.join(clone, file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, text)
}
function commit(): void {
  git('add', '--all')
  git('commit', '--quiet', '--message=x')
}
const stackOf = (kind: string, image?: string) =>
  `config:\n  entrada:application: M-Files\n  entrada:target:\n    kind: ${kind}\n${image ? `    image: ${image}\n` : ''}    # long enough to be found again\n`
const affected = (since = 'before', worktree = false, folder = clone) =>
  affectedStacks(changedFiles({ folder, since, worktree }), stacksOf(folder, worktree))

test('a stack’s own file touches it; an example and a document touch none', () => {
  write('stacks/Pulumi.contoso.yaml', `${stackOf('external')}# more\n`)
  write('stacks/Pulumi.example.yaml', `${stackOf('external')}# more\n`)
  write('docs/start.md', 'y\n')
  commit()
  expect(affected()).toEqual({ stacks: ['contoso'], removed: [] })
})

test('a renamed stack file is a new stack and a removed one, a deleted one is removed', () => {
  renameSync(path.join(clone, 'stacks/Pulumi.contoso.yaml'), path.join(clone, 'stacks/Pulumi.contoso-eu.yaml'))
  rmSync(path.join(clone, 'stacks/Pulumi.pinned.yaml'))
  commit()
  expect(affected()).toEqual({ stacks: ['contoso-eu'], removed: ['contoso', 'pinned'] })
})

test('a document made out of the program still touches all', () => {
  renameSync(path.join(clone, 'index.ts'), path.join(clone, 'docs/index.md'))
  commit()
  expect(affected().stacks).toEqual(['contoso', 'fabrikam', 'pinned'])
})

test('the SCIM service’s code touches the stacks that build their image from it', () => {
  write('scim/main.ts', 'x\n')
  commit()
  expect(affected().stacks).toEqual(['fabrikam'])
})

test('what the other branch got meanwhile is no part of the change, a merge of it neither', () => {
  git('checkout', '--quiet', '-b', 'work')
  write('stacks/Pulumi.contoso.yaml', `${stackOf('external')}# work\n`)
  commit()
  git('checkout', '--quiet', 'main')
  write('index.ts', 'export default 2\n')
  commit()
  git('checkout', '--quiet', 'work')
  expect(affected('main').stacks).toEqual(['contoso'])
  git('merge', '--quiet', '--no-edit', 'main')
  expect(affected('main').stacks).toEqual(['contoso'])
})

test('what is not committed counts when it is asked for', () => {
  write('stacks/Pulumi.new.yaml', stackOf('external'))
  write('stacks/Pulumi.contoso.yaml', `${stackOf('external')}# edited\n`)
  expect(affected()).toEqual({ stacks: [], removed: [] })
  expect(affected('before', true)).toEqual({ stacks: ['contoso', 'new'], removed: [] })
})

test('in a folder of a larger repository, files outside of it do not count', () => {
  write('platform/entrada/stacks/Pulumi.inner.yaml', stackOf('external'))
  commit()
  const inner = path.join(clone, 'platform/entrada')
  git('branch', 'inner-before')
  write('index.ts', 'export default 3\n')
  write('platform/entrada/stacks/Pulumi.inner.yaml', `${stackOf('external')}# more\n`)
  commit()
  expect(affected('inner-before', false, inner)).toEqual({ stacks: ['inner'], removed: [] })
})

test('a file with a strange name is read whole', () => {
  write('components/ä "b"\n.ts', 'x\n')
  commit()
  expect(changedFiles({ folder: clone, since: 'before', worktree: false })).toEqual(['components/ä "b"\n.ts'])
})

test.each(['no-such-branch', '--output=x', 'HEAD:index.ts'])(
  '%s is no commit, and the error says what to give',
  (ref) => {
    expect(() => affected(ref)).toThrow(`--since is '${ref}', which git does not know here`)
  },
)

test('in a shallow clone the error says how to get the history', () => {
  write('index.ts', 'export default 2\n')
  commit()
  const shallow = path.join(base, 'shallow')
  git('clone', '--quiet', '--depth=1', `file://${clone}`, shallow)
  expect(() => affected('origin/before', false, shallow)).toThrow('fetch-depth: 0')
  execFileSync('git', ['fetch', '--quiet', '--depth=1', 'origin', 'before'], { cwd: shallow })
  expect(() => affected('FETCH_HEAD', false, shallow)).toThrow(/no commit in common with HEAD.*fetch-depth: 0/)
})

test('a folder that is no repository is said to be none', () => {
  expect(() => affected('main', false, base)).toThrow('not a git repository')
})
