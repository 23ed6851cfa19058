/** What git knows: the files that a change touches, and the stack files that are there after it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseDocument } from 'yaml'
import { tenantNames, tenantOfFile } from '../stack/files.ts'
import type { Stack } from './rules.ts'

export interface Range {
  /** The clone, possibly a folder of a larger repository. */
  folder: string
  /** Branch, tag or commit that the change is measured from. */
  since: string
  /** Count what is not committed, too. */
  worktree: boolean
}

/**
 * Paths below the clone that differ from the last commit which `since` and HEAD have in common; of a renamed file both.
 *
 * @throws when git does not know `since`, or no such commit
 */
export function changedFiles({ folder, since, worktree }: Range): string[] {
  const base = mergeBase(folder, since)
  const compared = worktree ? [base] : [base, 'HEAD']
  const tracked = git(folder, ['diff', '--name-status', '-M', '-z', '--relative', ...compared, '--'])
  const untracked = worktree ? split(git(folder, ['ls-files', '--others', '--exclude-standard', '-z'])) : []
  return [...pathsIn(split(tracked)), ...untracked]
}

/** The tenants' stacks that have a file in HEAD, or in the working tree. */
export function stacksOf(folder: string, worktree: boolean): Stack[] {
  const place = path.join(folder, 'stacks')
  const files = worktree
    ? tenantNames(place).map((name) => `Pulumi.${name}.yaml`)
    : split(git(folder, ['ls-tree', '-z', '--name-only', 'HEAD', 'stacks/'])).map((file) => path.posix.basename(file))
  return files.flatMap((file) => {
    const name = tenantOfFile(file)
    if (name === undefined) return []
    const yaml = worktree
      ? readFileSync(path.join(place, file), 'utf8')
      : git(folder, ['show', `HEAD:./stacks/${file}`])
    return [{ name, buildsImage: buildsImage(yaml) }]
  })
}

/** A container app without an image of its own gets one built from `scim/`. The file may be one that is not valid. */
function buildsImage(yaml: string): boolean {
  const { config } = (parseDocument(yaml).toJS() ?? {}) as { config?: Record<string, unknown> }
  const target = (config?.['entrada:target'] ?? config?.target) as { kind?: unknown; image?: unknown } | undefined
  return target?.kind === 'containerApp' && target.image === undefined
}

function mergeBase(folder: string, since: string): string {
  const shallow = () =>
    existsSync(path.resolve(folder, git(folder, ['rev-parse', '--git-path', 'shallow']).trim()))
      ? ' This clone is shallow: get the whole history (actions/checkout: `fetch-depth: 0`; elsewhere `git fetch --unshallow`).'
      : ''
  const commit = tryGit(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${since}^{commit}`])
  if (commit === undefined) {
    throw new Error(
      `--since is '${since}', which git does not know here: name a branch, tag or commit, e.g. origin/main, and fetch it first.${shallow()}`,
    )
  }
  const base = tryGit(folder, ['merge-base', commit.trim(), 'HEAD'])
  if (base === undefined) {
    throw new Error(`--since is '${since}', which has no commit in common with HEAD.${shallow()}`)
  }
  return base.trim()
}

/** Fields of `--name-status -z`: a status and a path, for renames and copies two. */
function pathsIn(fields: readonly string[]): string[] {
  const paths: string[] = []
  for (let at = 0; at < fields.length; ) {
    const status = fields[at]!
    const count = /^[RC]/.test(status) ? 2 : 1
    const named = fields.slice(at + 1, at + 1 + count)
    // What was copied from is as it was.
    paths.push(...(status.startsWith('C') ? named.slice(1) : named))
    at += 1 + count
  }
  return paths
}

const split = (text: string) => text.split('\0').filter((field) => field !== '')

const MOST_OUTPUT = 256 * 1024 * 1024

function git(folder: string, args: string[]): string {
  try {
    return execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: MOST_OUTPUT,
    })
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string }
    if (code === 'ENOENT') throw new Error('git is not on PATH, and only git knows what has changed: install it')
    throw new Error(`git ${args[0]} in ${folder} failed: ${stderr?.trim() || message}`)
  }
}

/** Undefined when git says no; a git that is not there is an error all the same. */
function tryGit(folder: string, args: string[]): string | undefined {
  git(folder, ['rev-parse', '--git-dir'])
  try {
    return git(folder, args)
  } catch {
    return undefined
  }
}
