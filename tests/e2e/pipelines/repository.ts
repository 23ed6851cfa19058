/** A repository that holds this clone's HEAD, as a team has it: somebody's clone to commit in, and fresh ones for jobs. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../../tools/setup/node.mjs'

export interface Repository {
  /** Somebody's clone. */
  clone: string
  commit(message: string): string
  branch(name: string): void
  /** Brings a branch to main, as one commit, and gives main's commits before and after. */
  merge(name: string): { before: string; after: string }
  /** Makes what the platforms check out for a pull request of the branch: its merge into main. */
  pullRequest(name: string): { base: string }
  /** A new clone of `ref`; a depth of 0 is the whole history. */
  checkout(folder: string, ref: string, depth: number): Promise<void>
  edit(file: string, change: (text: string) => string): void
}

export const MERGE = 'refs/pull/1/merge'
const IDENTITY = ['user.name=t', 'user.email=t@contoso.example', 'commit.gpgsign=false', 'init.defaultBranch=main']

export function makeRepository(folder: string): Repository {
  const bare = path.join(folder, 'remote.git')
  const clone = path.join(folder, 'clone')
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', [...IDENTITY.flatMap((setting) => ['-c', setting]), ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const mine = (...args: string[]) => git(clone, ...args)

  git(folder, 'init', '--quiet', '--bare', bare)
  git(folder, 'init', '--quiet', clone)
  mine('fetch', '--quiet', root, 'HEAD')
  mine('checkout', '--quiet', '-B', 'main', 'FETCH_HEAD')
  mine('remote', 'add', 'origin', `file://${bare}`)
  mine('push', '--quiet', 'origin', 'main')
  withPackages(clone)

  return {
    clone,
    commit(message) {
      mine('add', '--all')
      mine('commit', '--quiet', `--message=${message}`)
      mine('push', '--quiet', 'origin', 'HEAD')
      return mine('rev-parse', 'HEAD')
    },
    branch: (name) => void mine('checkout', '--quiet', '-b', name, 'main'),
    merge(name) {
      mine('checkout', '--quiet', 'main')
      const before = mine('rev-parse', 'HEAD')
      mine('merge', '--quiet', '--squash', name)
      mine('commit', '--quiet', `--message=${name}`)
      mine('push', '--quiet', 'origin', 'main')
      return { before, after: mine('rev-parse', 'HEAD') }
    },
    pullRequest(name) {
      mine('checkout', '--quiet', '--detach', 'main')
      mine('merge', '--quiet', '--no-ff', '--no-edit', name)
      mine('push', '--quiet', '--force', 'origin', `HEAD:${MERGE}`)
      mine('checkout', '--quiet', name)
      return { base: mine('rev-parse', 'main') }
    },
    async checkout(to, ref, depth) {
      mkdirSync(to, { recursive: true })
      git(to, 'init', '--quiet')
      git(to, 'remote', 'add', 'origin', `file://${bare}`)
      if (depth === 0) git(to, 'fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*')
      git(to, 'fetch', '--quiet', ...(depth > 0 ? [`--depth=${depth}`] : []), 'origin', ref)
      git(to, 'checkout', '--quiet', '--detach', 'FETCH_HEAD')
      withPackages(to)
    },
    edit(file, change) {
      const full = path.join(clone, file)
      writeFileSync(full, change(readFileSync(full, 'utf8')))
    },
  }
}

/** As `npm ci` would leave them, without waiting for it. */
function withPackages(clone: string): void {
  symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'))
  writeFileSync(path.join(clone, '.git/info/exclude'), 'node_modules\n')
}

/** As docs/pipelines.md says. */
export function copyWorkflows({ clone }: Repository): void {
  cpSync(path.join(clone, 'pipelines/github'), path.join(clone, '.github'), { recursive: true })
}

/** As docs/pipelines.md says. */
export function nameBackend({ edit }: Repository, url: string): void {
  edit('Pulumi.yaml', (text) => `${text}backend:\n  url: ${url}\n`)
}
