import type { Rule } from '../rule.ts'
import { at, UNKNOWN } from '../values.ts'

export const databaseSignIn: Rule = {
  name: 'database-sign-in',
  level: 'mandatory',
  production: 'only',
  what: 'The PostgreSQL server knows identities of Entra only.',
  why: 'A password is shared, outlives those who knew it and passes by Conditional Access.',
  fix: 'Set authConfig.passwordAuth to Disabled and authConfig.activeDirectoryAuth to Enabled.',
  check({ type, props }) {
    // A replica takes it from its source.
    if (type !== 'azure-native:dbforpostgresql:Server' || props.createMode === 'Replica') return []
    const passwords = at(props, 'authConfig.passwordAuth')
    // Renamed in newer API versions.
    const identities = at(props, 'authConfig.activeDirectoryAuth') ?? at(props, 'authConfig.microsoftEntraAuth')
    return [
      ...(passwords === UNKNOWN || passwords === 'Disabled'
        ? []
        : [`authConfig.passwordAuth is ${String(passwords ?? 'not set, which means Enabled')}`]),
      ...(identities === UNKNOWN || identities === 'Enabled'
        ? []
        : [`authConfig.activeDirectoryAuth is ${String(identities ?? 'not set, which means Disabled')}`]),
    ]
  },
}
