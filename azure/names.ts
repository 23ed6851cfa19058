/**
 * Names of Azure resources. One table says what Azure takes; names from a stack's file are checked against it, and names
 * that are made up stay within it.
 *
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
import { createHash } from 'node:crypto'

interface Rule {
  least: number
  most: number
  pattern: RegExp
  /** Completes "it must be <least> to <most> …". */
  allowed: string
  /** Registries take no hyphens. */
  separator: '-' | ''
}

const HYPHENATED = /^[a-z](?:-?[a-z0-9])*$/
const lowerCase = 'small letters, digits and single hyphens, beginning with a letter, ending with a letter or digit'

const rules = {
  resourceGroup: {
    least: 1,
    most: 90,
    pattern: /^[\w.()-]*[\w()-]$/,
    allowed: 'letters, digits, and . _ - ( ), not ending with a full stop',
    separator: '-',
  },
  app: { least: 2, most: 32, pattern: HYPHENATED, allowed: lowerCase, separator: '-' },
  environment: { least: 2, most: 60, pattern: HYPHENATED, allowed: lowerCase, separator: '-' },
  identity: {
    least: 3,
    // 128 in Azure; it is a role of PostgreSQL too, whose names are cut after 63.
    most: 63,
    pattern: /^[A-Za-z0-9][\w-]*$/,
    allowed: 'letters, digits, _ and -, beginning with a letter or digit',
    separator: '-',
  },
  registry: { least: 5, most: 50, pattern: /^[A-Za-z0-9]+$/, allowed: 'letters and digits', separator: '' },
  keyVault: {
    least: 3,
    most: 24,
    pattern: /^[A-Za-z](?:-?[A-Za-z0-9])*$/,
    allowed: 'letters, digits and single hyphens, beginning with a letter, ending with a letter or digit',
    separator: '-',
  },
  database: { least: 3, most: 63, pattern: HYPHENATED, allowed: lowerCase, separator: '-' },
  logs: {
    least: 4,
    most: 63,
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$/,
    allowed: 'letters, digits and hyphens, beginning and ending with a letter or digit',
    separator: '-',
  },
  network: {
    least: 2,
    most: 64,
    pattern: /^[A-Za-z0-9][\w.-]*\w$/,
    allowed: 'letters, digits, and . _ -, beginning with a letter or digit, ending with a letter, digit or _',
    separator: '-',
  },
} as const satisfies Record<string, Rule>

export type NameKind = keyof typeof rules
export type AzureNames = Record<NameKind, string>

export const nameKinds = Object.keys(rules) as NameKind[]

/** What is wrong with a name, as the end of "<key> is <value>: …"; undefined if Azure takes it. */
export function nameFault(kind: NameKind, name: string): string | undefined {
  const { least, most, pattern, allowed } = rules[kind]
  const fits = name.length >= least && name.length <= most && pattern.test(name)
  return fits ? undefined : `it must be ${least} to ${most} ${allowed}`
}

export interface NameOrigin {
  /** Entra tenant: some names are one namespace for all customers of Azure, and two of them may both have a stack `prod`. */
  tenantId: string
  project: string
  stack: string
  /** Named in the stack's file, if one is. */
  resourceGroup?: string
}

const SUFFIX = 6

/**
 * The names of one stack's resources: those given, and for the rest `entrada-<stack>-<suffix>`, the stack cut to what fits.
 * Nothing random is in them, so that a stack whose state is lost has the same names again.
 */
export function azureNames(origin: NameOrigin, given: Partial<AzureNames> = {}): AzureNames {
  const { tenantId, project, stack, resourceGroup = '' } = origin
  const hash = createHash('sha256')
    .update(JSON.stringify([tenantId, project, stack, resourceGroup]))
    .digest()
  const suffix = BigInt(`0x${hash.toString('hex')}`)
    .toString(36)
    .slice(-SUFFIX)
  const words = stack.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return Object.fromEntries(
    nameKinds.map((kind) => {
      const { most, separator } = rules[kind]
      const room = most - 'entrada'.length - SUFFIX - 2 * separator.length
      const middle = words.join(separator).slice(0, room).replace(/-$/, '')
      return [kind, given[kind] ?? ['entrada', middle, suffix].filter(Boolean).join(separator)]
    }),
  ) as AzureNames
}
