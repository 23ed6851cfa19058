/** Checkers that are no npm packages, kept in the toolchain cache: a Go program built from its module, schemas from PyPI. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, withCacheLock } from './setup/cache.mjs'

const run = promisify(execFile)

const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'

/** Its wheel holds the schemas that SchemaStore and Microsoft publish. */
const SCHEMAS = 'check-jsonschema==0.39.0'

/**
 * @returns path of the executable
 * @throws where it is not in the cache, and there is no Go or no module proxy
 */
export function actionlint(): Promise<string> {
  const [, version] = ACTIONLINT.split('@')
  return cached(`actionlint-${version}`, 'actionlint', async (folder) => {
    const build = path.join(folder, 'build')
    const env = {
      ...process.env,
      CGO_ENABLED: '0',
      GOFLAGS: '-modcacherw',
      GOBIN: folder,
      GOMODCACHE: path.join(build, 'modules'),
      GOCACHE: path.join(build, 'objects'),
    }
    await run('go', ['install', '-trimpath', '-ldflags=-s -w', ACTIONLINT], { env })
    rmSync(build, { recursive: true, force: true })
  })
}

export type SchemaName = 'azure-pipelines' | 'github-actions' | 'github-workflows'

/** @throws where it is not in the cache, and there is no Python with pip or no PyPI */
export async function publishedSchema(name: SchemaName): Promise<object> {
  const place = path.join('check_jsonschema', 'builtin_schemas', 'vendor')
  const vendor = await cached(SCHEMAS.replace('==', '-'), place, async (folder) => {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, SCHEMAS])
  })
  return JSON.parse(readFileSync(path.join(vendor, `${name}.json`), 'utf8'))
}

/** Absolute path of `file` in the cache's folder `name`, which `fill` makes when it is not there. */
function cached(name: string, file: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(cacheFolder(), 'linters', name)
  const found = path.join(folder, file)
  if (existsSync(found)) return Promise.resolve(found)
  return withCacheLock(name, async () => {
    if (existsSync(found)) return found
    const unfinished = `${folder}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    await fill(unfinished).catch((error: Error) => {
      throw new Error(`could not get ${name}: ${error.message.trim().split('\n').slice(0, 5).join('\n')}`)
    })
    rmSync(folder, { recursive: true, force: true })
    renameSync(unfinished, folder)
    return found
  })
}
