/** The text of an adopted stack's file. */
import { existsSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { type Fleet, readFleet } from '../../config/fleet.ts'
import { mergeLayers } from '../../config/layers.ts'
import { parseLayers, withoutNamespace } from '../../config/parse.ts'
import type { StackConfig } from '../../config/schema.ts'
import { layersOf } from '../../config/stackFile.ts'
import { fillTemplate } from '../new/template.ts'
import { stackFile } from '../stack/files.ts'
import type { Beyond } from './beyond.ts'

const TEMPLATE = `# yaml-language-server: $schema=./schema.json
# What the tenant had when it was taken over. All settings: docs/stack-file.md.
config:
  # The Entra tenant: its id or one of its verified domains.
  entrada:tenantId: ~

  # The application's name in the Entra gallery, and its name in this tenant.
  entrada:application: ~
  entrada:displayName: ~

  # Somebody else made it: it is never deleted from here.
  entrada:adoptExisting: ~

  # As the application shows them for its provisioning configuration. The secret is written here, encrypted, by
  #   npm run pulumi -- config set --path --secret entrada:target.clientSecret --stack <stack>
  entrada:target:
    kind: ~

  # Who is provisioned: names or object ids of security groups, user principal names of users.
  entrada:assignments: {}

  # Who is in scope: those assigned, or everybody in the tenant.
  entrada:scope: ~

  # Gets Entra's mails about quarantine and held-back deletions.
  entrada:notificationEmail: ~

  # More deletions in one cycle wait for approval.
  entrada:accidentalDeletions: {}

  # Mappings beside the application's own, which are never rewritten.
  entrada:additionalMappings: []

  # Who of them is provisioned: one filter must hold, and in it all clauses.
  entrada:scopingFilters: {}

  # Provisioning is stopped.
  entrada:status: ~
`

/** Written down also where they are the default, if what stacks share says otherwise. */
const DEFAULTS: Record<string, unknown> = {
  scope: 'assigned',
  status: 'on',
  accidentalDeletions: { enabled: true, threshold: 500 },
  additionalMappings: [],
}

/** With what no setting says as comment at the end. */
export function fileText(
  stack: string,
  settings: Record<string, unknown>,
  beyond: readonly Beyond[],
  fleet: Fleet,
): string {
  const below = mergeLayers(layersOf('', stack, fleet)).settings
  const explicit = Object.entries(DEFAULTS).filter(([key]) => below[key] !== undefined)
  const document = parseDocument(fillTemplate(TEMPLATE, { ...Object.fromEntries(explicit), ...settings }, stack))
  // A place that holds an empty list counts as not filled.
  if (below.additionalMappings !== undefined && settings.additionalMappings === undefined) {
    document.setIn(['config', 'entrada:additionalMappings'], document.createNode([]))
  }
  const text = document.toString({ lineWidth: 0 })
  if (beyond.length === 0) return text
  const lines = beyond.map(({ what, outcome }) => `#   ${`${what}: ${outcome}`.replaceAll(/\s+/g, ' ')}`)
  return `${text}\n# What the tenant has and no setting says:\n${lines.join('\n')}\n`
}

/** Where a secret is yet to be set. */
const ANY_SECRET = { source: '', settings: { target: { kind: 'external', clientSecret: { secure: '' } } } }

/**
 * The settings of a file that need not have its secret yet.
 * @throws StackConfigError
 */
export function settingsOf(text: string, stack: string, fleet = readFleet()): StackConfig {
  const layers = layersOf(text, stack, fleet)
  const kind = (mergeLayers(layers).settings.target as { kind?: unknown } | undefined)?.kind
  return parseLayers(kind === 'external' ? [...layers, ANY_SECRET] : layers).config
}

/** Undefined where there is none, or one that holds nothing but the engine's keys. */
export function existingFile(stack: string): string | undefined {
  const file = stackFile(stack)
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const config = parseDocument(text).toJS()?.config as object | undefined
  return config && Object.keys(config).length > 0 ? text : undefined
}

/** Whether the client secret stands in the text of a stack's file. */
export function hasSecret(text: string): boolean {
  const { config } = (parseDocument(text).toJS() ?? {}) as { config?: Record<string, unknown> | null }
  const { target } = withoutNamespace(config ?? {}) as { target?: { clientSecret?: unknown } | null }
  return target?.clientSecret !== undefined
}

const SECRET = ['config', 'entrada:target', 'clientSecret']

/** `text` with the encrypted client secret of `from`, the engine's copy of the same file; comments stay. */
export function withSecretOf(text: string, from: string): string {
  const { config } = (parseDocument(from).toJS() ?? {}) as {
    config?: { 'entrada:target'?: { clientSecret?: unknown } }
  }
  const secret = config?.['entrada:target']?.clientSecret
  if (secret === undefined) return text
  const document = parseDocument(text)
  document.setIn(SECRET, document.createNode(secret))
  return document.toString({ lineWidth: 0 })
}
