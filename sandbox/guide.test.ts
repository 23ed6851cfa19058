/** The guide is held to the code: its examples are run as they are written, and print what it says they print. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { templateSchema } from '../sync/defaults/templates.ts'
import { FakeTarget } from './provisioning/fakeTarget.testing.ts'
import { createProvisioning } from './provisioning/service.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { startTestSandbox, type TestSandbox } from './testing.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const GUIDE = readFileSync(join(ROOT, 'docs/sandbox.md'), 'utf8')

interface Example {
  heading: string
  language: 'sh' | 'js'
  code: string
  /** What the guide says it prints; empty where it says nothing. */
  prints: string
}

const EXAMPLES = examplesOf(GUIDE)
const onPath = (tool: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)))
const missing = ['bash', 'curl', 'jq'].filter((tool) => !onPath(tool))
/** On continuous integration a missing tool is a failure, elsewhere a reason to skip. */
const describeWithTools = missing.length === 0 || process.env.CI === 'true' ? describe : describe.skip

describeWithTools(`the guide's examples${missing.length > 0 ? ` (not found: ${missing.join(', ')})` : ''}`, () => {
  let sandbox: TestSandbox
  let target: FakeTarget
  let printed: string[]

  beforeAll(async () => {
    target = await new FakeTarget().listen()
    sandbox = await startTestSandbox({ users: 200, createProvisioning, templateSchema })
    const { address } = sandbox
    printed = await run(EXAMPLES, {
      ARM_TENANT_ID: address.tenantId,
      ARM_CLIENT_ID: address.clientId,
      ARM_CLIENT_SECRET: address.clientSecret,
      ARM_METADATA_HOSTNAME: address.metadataHost,
      SSL_CERT_FILE: address.caFile,
      NODE_EXTRA_CA_CERTS: address.caFile,
      SCIM_TENANT_URL: `${target.origin}/scim`,
      SCIM_TOKEN_ENDPOINT: `${target.origin}/token`,
      SCIM_CLIENT_ID: 'id',
      SCIM_CLIENT_SECRET: 'secret',
    })
  }, 60_000)
  afterAll(async () => {
    await sandbox?.close()
    await target?.close()
  })

  test.each(EXAMPLES.map(({ heading, prints }, index) => [`${index + 1}, ${heading}`, index, prints] as const))(
    '%s',
    (_, index, prints) => {
      expect(printed[index]).toBe(prints)
    },
  )
})

test('the guide has every call of the control surface', async () => {
  const sandbox = await startTestSandbox({ users: 20 })
  const { message } = (await sandbox.control('GET', '/no-such-call')).body.error
  const calls = message.match(/(?:GET|POST|DELETE) \/sandbox\/[\w/]+/g).slice(1)
  await sandbox.close()
  const described = [...GUIDE.matchAll(/^\| `((?:GET|POST|DELETE) \/sandbox\/[\w/]+)/gm)].map((match) => match[1])
  expect(described.sort()).toEqual(calls.sort())
})

test.each(Object.entries(DEFAULT_SETTINGS))('the guide has the setting %s, with its default', (name, value) => {
  const described = new RegExp(`\`${name}\` \\(([^)]*)\\)`).exec(GUIDE)?.[1]
  const shown = (Array.isArray(value) ? value.join(', ') : String(value)) || 'empty'
  expect(described?.replaceAll('`', '')).toMatch(new RegExp(`^${shown}(?![\\w.])`))
})

function examplesOf(markdown: string): Example[] {
  const found: Example[] = []
  let heading = ''
  for (const [, title, language, code] of markdown.matchAll(/^#+ (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const before = found.at(-1)
    if (title !== undefined) heading = title
    else if (language === 'sh' || language === 'js') found.push({ heading, language, code: code!, prints: '' })
    else if (language === 'text' && before) before.prints = code!.trim()
  }
  return found
}

/** All in one shell, since they build on each other; what each prints. @throws Error with all that was printed, where one fails */
async function run(examples: Example[], variables: Record<string, string>): Promise<string[]> {
  const mark = '=====example====='
  const script = examples.map(({ language, code }) =>
    language === 'sh' ? code : `node --input-type=module - <<'PROGRAM'\n${code}PROGRAM`,
  )
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script.join(`\necho ${mark}\n`)], {
    cwd: ROOT,
    env: { PATH: `${join(process.execPath, '..')}${delimiter}${process.env.PATH}`, ...variables },
  })
  const [output, errors, code] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    new Promise((resolve) => child.once('close', resolve)),
  ])
  if (code !== 0) throw new Error(`exit code ${code}\n${output.join('')}\n${errors.join('')}`)
  return output
    .join('')
    .split(mark)
    .map((text) => text.trim())
}
