/** The provider chooses the version of Azure's API for each type. Another one may behave differently, so it is written down. */
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from '../../tools/setup/node.mjs'

const sdk = path.dirname(createRequire(import.meta.url).resolve('@pulumi/azure-native/package.json'))

/** `app:ContainerApp` → `2025-02-02-preview`, for each resource type that a component makes. */
function versionsInUse(): Record<string, string> {
  const sources = globSync('components/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(path.join(root, file), 'utf8'),
  )
  const imports = sources.flatMap((source) => [
    ...source.matchAll(/^import \{ (?:\w+, )*([A-Z]\w+) \} from '@pulumi\/azure-native\/(\w+)\/(\w+)\.js'/gm),
  ])
  return Object.fromEntries(
    imports.map(([, type, module, file]) => {
      const declaration = readFileSync(path.join(sdk, module!, `${file}.d.ts`), 'utf8')
      return [`${module}:${type}`, /Uses Azure REST API version (\d{4}-\d\d-\d\d(?:-preview)?)/.exec(declaration)![1]!]
    }),
  )
}

test('docs/azure.md has the API version of each type', () => {
  const rows = readFileSync(path.join(root, 'docs/azure.md'), 'utf8').matchAll(
    /^\| (`[^|]+`) \| `(\d{4}-\d\d-\d\d(?:-preview)?)` \|$/gm,
  )
  const documented = [...rows].flatMap(([, types, version]) =>
    [...types!.matchAll(/`([^`]+)`/g)].map(([, type]) => [type!, version!]),
  )
  expect(Object.fromEntries(documented)).toEqual(versionsInUse())
})

test('the provider is pinned to one version, so that none of them changes by itself', () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  expect(dependencies['@pulumi/azure-native']).toMatch(/^\d+\.\d+\.\d+$/)
})
