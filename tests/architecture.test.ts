import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { PROGRAM_FOLDERS } from '../cli/stack/program.ts'
import { forbiddenImports, packagesOf, programFolders } from './architecture.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')
const files = globSync('**/*.{ts,mjs}', {
  cwd: root,
  exclude: (file) => /^(node_modules|\.git|\.entrada)$/.test(file.split('/').at(-1)!),
})

describe('the house', () => {
  test('its parts import only what they may know', () => {
    expect(files).toContain('index.ts')
    expect(files.flatMap((file) => forbiddenImports(file, read(file)))).toEqual([])
  })

  test('a stack without a target in Azure does not load Azure’s SDKs', () => {
    const seen = new Set<string>()
    const packages = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      const code = read(file).replace(/^import type .*$/gm, '')
      for (const [, from = ''] of code.matchAll(/\bfrom '([^']+)'/g)) {
        if (from.startsWith('.')) visit(path.posix.join(path.posix.dirname(file), from))
        else packages.add(from)
      }
    }
    visit('index.ts')
    expect([...seen]).toContain('components/scim-target/local.ts')
    expect([...packages].filter((name) => /azure-native|azuread|docker-build/.test(name))).toEqual([])
  })

  test('what the program is made of is known where a change of it matters', () => {
    expect(programFolders()).toEqual([...PROGRAM_FOLDERS].sort())
  })

  test('scim can be built from its folder alone', () => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read('scim/package.json'))
    const declared = { ...dependencies, ...devDependencies, '@jest/globals': '', 'fast-check': '' }
    const used = files.filter((file) => file.startsWith('scim/')).flatMap((file) => packagesOf(read(file)))
    expect([...new Set(used)].filter((name) => !(name in declared))).toEqual([])
  })
})

describe('the check itself', () => {
  test.each([
    ['sync/rules.ts', "import { createGraph } from '../provider/graph/client.ts'", 'sync may import nothing'],
    ['sync/rules.test.ts', "import { store } from '../sandbox/tenant/store.ts'", 'sync may import nothing'],
    ['scim/main.ts', "export * from '../sync/index.ts'", 'scim may import nothing'],
    ['cli/main.ts', "const { start } = await import('../scim/main.ts')", 'cli/main.ts imports scim/main.ts'],
    ['sandbox/a.test.ts', "import { start } from '../scim/main.ts'", 'sandbox/a.test.ts imports scim/main.ts'],
    ['sandbox/http/a.ts', "import type { Job } from '../../provider/resources/job.ts'", 'sandbox may import sync'],
    ['components/a.ts', "import { read } from '../config/program.ts'", 'components may import provider/sdk'],
    ['components/a.ts', "import { job } from '../provider/resources/job.ts'", 'components may import provider/sdk'],
    ['provider/graph/a.ts', "import {\n  a,\n} from '../resources/a.ts'", 'provider/graph may import nothing'],
    ['index.ts', "import './cli/main.ts'", 'index.ts may import components, config'],
    ['new/a.ts', "import { a } from '../sync/a.ts'", 'new may import nothing'],
  ])('finds a forbidden import in %s: %s', (file, source, expected) => {
    expect(forbiddenImports(file, source)).toEqual([expect.stringContaining(expected)])
  })

  test.each([
    ['cli/main.ts', "import program from '../index.ts'"],
    ['sandbox/a.ts', "import { b } from './b.ts'\nimport { rules } from '../sync/rules.ts'\nimport { z } from 'zod'"],
    ['sandbox/a.test.ts', "import { createGraph } from '../provider/graph/client.ts'"],
    ['tests/e2e/a.ts', "import { start } from '../../scim/main.ts'"],
    ['config/a.ts', " * like `import { a } from '../cli/main.ts'`"],
  ])('lets an allowed import pass in %s: %s', (file, source) => {
    expect(forbiddenImports(file, source)).toEqual([])
  })
})
