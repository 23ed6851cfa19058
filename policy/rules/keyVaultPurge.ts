import type { Rule } from '../rule.ts'
import { at, UNKNOWN } from '../values.ts'

export const keyVaultPurge: Rule = {
  name: 'key-vault-purge',
  level: 'mandatory',
  production: 'only',
  what: 'What is deleted from a key vault can be had back.',
  why: 'Without purge protection one call destroys the keys and secrets that the rest depends on.',
  fix: 'Set properties.enablePurgeProtection to true.',
  check({ type, props }) {
    if (type !== 'azure-native:keyvault:Vault') return []
    const guarded = at(props, 'properties.enablePurgeProtection')
    const softDelete = at(props, 'properties.enableSoftDelete')
    return [
      ...(guarded === true || guarded === UNKNOWN
        ? []
        : [`properties.enablePurgeProtection is ${String(guarded ?? 'not set')}`]),
      ...(softDelete === false ? ['properties.enableSoftDelete is false'] : []),
    ]
  },
}
