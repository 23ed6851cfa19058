import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { affectedStacks, type Stack } from './rules.ts'

const STACKS: Stack[] = [
  { name: 'contoso', buildsImage: false },
  { name: 'fabrikam', buildsImage: true },
  { name: 'north.wind-2', buildsImage: false },
]
const ALL = STACKS.map(({ name }) => name)

test.each<[string[], string[], string[]]>([
  [[], [], []],
  [['stacks/Pulumi.contoso.yaml'], ['contoso'], []],
  [['stacks/Pulumi.north.wind-2.yaml', 'stacks/Pulumi.contoso.yaml'], ['contoso', 'north.wind-2'], []],
  [['stacks/Pulumi.tailspin.yaml'], [], ['tailspin']],
  [['stacks/Pulumi.tailspin.yaml', 'index.ts'], ALL, ['tailspin']],
  [['stacks/Pulumi.example.yaml'], [], []],
  [['stacks/Pulumi.local.yaml'], [], []],
  [['stacks/notes/Pulumi.contoso.yaml'], [], []],
  [['stacks/defaults.yaml'], ALL, []],
  [['stacks/rings/early.yaml'], ALL, []],
  [['stacks/rollout.yaml'], ALL, []],
  [['index.ts'], ALL, []],
  [['Pulumi.yaml'], ALL, []],
  [['package-lock.json'], ALL, []],
  [['tools/versions.json'], ALL, []],
  [['components/scim-target/external.ts'], ALL, []],
  [['config/schema.ts'], ALL, []],
  [['azure/names.ts'], ALL, []],
  [['provider/resources/provisioningJob/job.ts'], ALL, []],
  [['provider/pulumi-resource-entrasync'], ALL, []],
  [['scim/http/server.ts'], ['fabrikam'], []],
  [['scim/package-lock.json', 'stacks/Pulumi.contoso.yaml'], ['contoso', 'fabrikam'], []],
  [['scim/http/management.test.ts', 'scim/README.md', 'scim/testing/postgres-binaries.ts'], [], []],
  [['provider/graph/testing.ts', 'provider/resources/testing/tenant.ts', 'config/config.test.ts'], [], []],
  [['docs/scim.md', 'README.md', 'tests/e2e/start.test.ts', 'bench/main.ts', 'sandbox/main.ts', 'cli/main.ts'], [], []],
  [['other/index.ts', 'docs/index.ts', 'tools/setup/node.mjs', 'biome.json', '.gitignore'], [], []],
])('%j touches %j and removes %j', (changed, stacks, removed) => {
  expect(affectedStacks(changed, STACKS)).toEqual({ stacks, removed })
})

test('a change touches what its files touch, each for itself', () => {
  const file = fc.constantFrom('index.ts', 'scim/a.ts', 'docs/a.md', ...ALL.map((name) => `stacks/Pulumi.${name}.yaml`))
  fc.assert(
    fc.property(fc.array(file), (changed) => {
      const each = changed.flatMap((one) => affectedStacks([one], STACKS).stacks)
      expect(affectedStacks(changed, STACKS).stacks).toEqual([...new Set(each)].sort())
    }),
  )
})
