import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KNOWN_PEOPLE } from '../directory/known.ts'
import { Journal, replay, rewrite } from './journal.ts'
import { ensureCredentials, seedTenant } from './seed.ts'
import type { Tenant } from './tenant.ts'

/** What the generated part of the state depends on. */
export interface Origin {
  seed: string
  users: number
}

export interface OpenTenant {
  tenant: Tenant
  origin: Origin
  /** The state that `origin` alone gives. */
  fresh(): Tenant
  close(): void
}

const DEFAULTS: Origin = { seed: 'entrada', users: 200 }
const LIMIT = 1_000_000

/** Of the model as the journal holds it; to be raised whenever what an older journal holds would be read wrongly. */
const FORMAT = 3

/** So many writes for each that is in force make a journal be written anew when it is read. */
const GARBAGE = 2

/**
 * Open the tenant of a data folder, or make one; without a folder it lives in memory only.
 * @throws when the wish differs from what the folder was made with, or another version of the sandbox made it
 */
export async function openTenant(folder: string | undefined, wish: Partial<Origin>): Promise<OpenTenant> {
  const origin = folder === undefined ? { ...DEFAULTS, ...defined(wish) } : originOf(folder, defined(wish))
  checkOrigin(origin)
  const fresh = () => seedTenant(origin.seed, origin.users)
  const tenant = fresh()
  const journal = folder === undefined ? undefined : await load(tenant, join(folder, 'journal.jsonl'))
  ensureCredentials(tenant, origin.seed)
  return { tenant, origin, fresh, close: () => journal?.close() }
}

async function load(tenant: Tenant, path: string): Promise<Journal> {
  let writes = 0
  await replay(path, (write) => {
    writes += 1
    tenant.restore(write)
  })
  if (writes > GARBAGE * tenant.countDifferences()) rewrite(path, tenant.differences())
  const journal = Journal.open(path)
  tenant.attach(journal)
  return journal
}

function originOf(folder: string, wish: Partial<Origin>): Origin {
  const file = join(folder, 'tenant.json')
  if (!existsSync(file)) {
    const origin = { ...DEFAULTS, ...wish }
    checkOrigin(origin)
    writeFileSync(file, `${JSON.stringify({ ...origin, format: FORMAT })}\n`)
    return origin
  }
  const { format = 1, ...stored } = JSON.parse(readFileSync(file, 'utf8')) as Origin & { format?: number }
  if (format !== FORMAT) {
    throw new Error(
      `The data folder ${folder} was written by ${format < FORMAT ? 'an older' : 'a newer'} version of the sandbox (format ${format}; this one reads ${FORMAT}). Remove the folder, whose tenant is then made anew, or name another with --data.`,
    )
  }
  for (const name of ['seed', 'users'] as const) {
    if (wish[name] !== undefined && wish[name] !== stored[name]) {
      throw new Error(
        `The data folder ${folder} holds a tenant made with --${name} ${stored[name]}, not ${wish[name]}. Leave --${name} out, or name another folder with --data.`,
      )
    }
  }
  return stored
}

function checkOrigin({ users }: Origin): void {
  if (!Number.isInteger(users) || users < KNOWN_PEOPLE.length || users > LIMIT) {
    throw new Error(`--users ${users} is not possible: a whole number from ${KNOWN_PEOPLE.length} to ${LIMIT}.`)
  }
}

const defined = (wish: Partial<Origin>): Partial<Origin> =>
  Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined))
