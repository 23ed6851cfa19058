/** The pages for users are held to the code: whoever adds a setting or a property is told to describe it. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { z } from 'zod'
import { command as rollout } from '../cli/rollout/command.ts'
import { EXIT } from '../cli/rollout/report.ts'
import { OUTCOMES } from '../cli/rollout/result.ts'
import { rolloutSchema } from '../config/rollout.ts'
import { schema } from '../config/schema.ts'
import { schema as onboarding } from '../onboarding/schema.ts'
import { rules } from '../policy/rules/index.ts'
import { NEEDED_PERMISSIONS, type NeededPermission } from '../provider/graph/neededPermissions.ts'
import { root } from '../tools/setup/node.mjs'

const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

test('stack-file.md describes exactly the settings that there are', () => {
  const described = firstCells(read('docs/stack-file.md'))
  expect(described).toEqual([...new Set(described)])
  expect(described.sort()).toEqual([...new Set(settingsOf(schema))].sort())
})

describe('onboarding.md', () => {
  const sections = sectionsOf('docs/onboarding.md')

  test('describes exactly the settings that there are', () => {
    const described = firstCells(sections.get('Settings')!)
    expect(described.sort()).toEqual([...new Set(settingsOf(onboarding))].sort())
  })

  test('gives each permission with its reason', () => {
    const cell = (uses: NeededPermission['for']['read']) =>
      typeof uses === 'object' ? uses.map((use) => `\`${use}\``).join(', ') : (uses ?? 'never')
    const rows = NEEDED_PERMISSIONS.map(
      ({ value, why, for: { change, read: only } }) => `| \`${value}\` | ${cell(change)} | ${cell(only)} | ${why} |`,
    )
    const table = sections
      .get('Permissions')!
      .split('\n')
      .filter((line) => /^\| `[A-Z]/.test(line))
    expect(table).toEqual(rows)
  })
})

test('fleet.md describes exactly the keys of rollout.yaml', () => {
  expect(firstCells(read('docs/fleet.md')).sort()).toEqual([...new Set(settingsOf(rolloutSchema))].sort())
})

test('rollout.md names each option, outcome and exit code', () => {
  const page = read('docs/rollout.md')
  const wanted = [
    ...rollout.options.map(({ long }) => long!),
    ...OUTCOMES.map((outcome) => `\`${outcome}\``),
    ...Object.values(EXIT).map((code) => `\n| ${code} |`),
  ]
  expect(wanted.filter((text) => !page.includes(text))).toEqual([])
})

describe('provider.md describes exactly the properties of', () => {
  const { resources } = JSON.parse(read('provider/schema.json')) as {
    resources: Record<string, { inputProperties: object; properties: object }>
  }
  const sections = sectionsOf('docs/provider.md')
  test.each(Object.entries(resources))('%s', (token, { inputProperties, properties }) => {
    const names = new Set([...Object.keys(inputProperties), ...Object.keys(properties)])
    expect(firstCells(sections.get(token.split(':').at(-1)!) ?? '').sort()).toEqual([...names].sort())
  })
})

test('policy.md describes exactly the rules and settings that there are', () => {
  const where = { only: ', production only', stricter: ', stricter in production' }
  const row = (...cells: string[]) => `| ${cells.join(' | ')} |`
  const described = read('docs/policy.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const expected = [
    ...rules.map(({ name, level, production, what, why, fix }) =>
      row(`\`${name}\``, `${level}${production ? where[production] : ''}`, what, why, fix),
    ),
    ...rules.flatMap(({ name, settings = {} }) =>
      Object.entries(settings).map(([setting, { default: value, description }]) =>
        row(`\`${name}\``, `\`${setting}\``, `\`${JSON.stringify(value)}\``, description ?? ''),
      ),
    ),
  ]
  expect(described).toEqual(expected)
})

const pages = globSync(['README.md', 'docs/*.md', '*/README.md'], { cwd: root })

test.each(pages)('%s links to what exists', (page) => {
  const broken = linksIn(read(page)).filter((link) => {
    const [file, anchor] = link.split('#') as [string, string?]
    const target = file === '' ? page : path.join(path.dirname(page), file)
    if (!existsSync(path.join(root, target))) return true
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target)).includes(anchor)
  })
  expect(broken).toEqual([])
})

/** Of a page, by their headings. */
function sectionsOf(page: string): Map<string, string> {
  const sections = read(page).split(/^## /m)
  return new Map(sections.map((section) => [section.split('\n', 1)[0]!, section]))
}

/** Code in the first column of the page's tables. */
function firstCells(markdown: string): string[] {
  return [...markdown.matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => match[1]!)
}

/** Dotted paths of all keys; what stands in a list has the list's path. */
function settingsOf(type: z.core.$ZodType, at: readonly string[] = []): string[] {
  const def = (type as z.core.$ZodTypes)._zod.def
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, inner]) => {
        const place = [...at, key]
        return [place.join('.'), ...settingsOf(inner, place)]
      })
    case 'union':
      return def.options.flatMap((option) => settingsOf(option, at))
    case 'pipe':
      return [...settingsOf(def.in, at), ...settingsOf(def.out, at)]
    case 'array':
      return settingsOf(def.element, at)
    case 'optional':
    case 'prefault':
    case 'default':
      return settingsOf(def.innerType, at)
    default:
      return []
  }
}

function linksIn(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!).filter((link) => !/^[a-z]+:/.test(link))
}

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replace(/ /g, '-'),
  )
}
