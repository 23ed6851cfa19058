/** The stack in its backend, where that is a folder: whether it is there, and who holds it. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isHeld, type Lock, readLocks } from '../../engine/lock.ts'
import { PROJECT, STACK } from '../../local/folder.ts'
import { notChecked, ok, type Result, type Said, warning } from '../finding.ts'
import type { Backend } from './backend.ts'

const ELSEWHERE = 'only the engine can ask this backend: pulumi stack ls'

/** The value is what is kept of the stack; '' where it is new, or cannot be read here. */
export function checkState(stack: string, { folder }: Backend): Result<string> {
  if (folder === undefined) return notChecked(ELSEWHERE, '')
  const file = path.join(folder, '.pulumi', 'stacks', PROJECT, `${stack}.json`)
  if (existsSync(file)) return ok('the stack is in the backend', readFileSync(file, 'utf8'))
  const packed = `${file}.gz`
  if (existsSync(packed)) return ok('the stack is in the backend', gunzipSync(readFileSync(packed)).toString('utf8'))
  return warning(
    'the backend has no such stack yet',
    stack === STACK ? 'npm start makes it' : `npm run pulumi -- stack init --stack ${stack}`,
    '',
  )
}

/** An engine that was killed leaves its lock, which keeps everybody out. */
export function checkLock(stack: string, { folder }: Backend): Result {
  if (folder === undefined) return notChecked(ELSEWHERE)
  const locks = readLocks(folder, PROJECT, stack)
  return locks.length === 0 ? ok('nobody holds the stack') : { said: locks.map((lock) => describe(stack, lock)) }
}

function describe(stack: string, lock: Lock): Said {
  const { pid, hostname, timestamp } = lock
  const since = `since ${timestamp}`
  const cancel = `npm run pulumi -- cancel --stack ${stack}`
  switch (isHeld(lock)) {
    case true:
      return { state: 'warning', seen: `process ${pid} is updating the stack ${since}`, fix: 'wait for it to end' }
    case false:
      return {
        state: 'problem',
        seen: `the stack is locked by process ${pid}, which is gone, ${since}`,
        fix: stack === STACK ? 'npm start removes it' : cancel,
      }
    default:
      return {
        state: 'warning',
        seen: `the stack is locked by process ${pid} on ${hostname} ${since}`,
        fix: `wait for it; if it is gone: ${cancel}`,
      }
  }
}
