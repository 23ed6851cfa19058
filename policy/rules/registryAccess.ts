import type { Rule } from '../rule.ts'

export const registryAccess: Rule = {
  name: 'registry-access',
  level: 'mandatory',
  production: 'only',
  what: 'A container registry knows identities of Entra only.',
  why: 'The admin user is one shared password that may replace the image; anonymous pull shows it to anybody.',
  fix: 'Leave adminUserEnabled and anonymousPullEnabled out; let the container app pull with its managed identity.',
  check({ type, props }) {
    if (type !== 'azure-native:containerregistry:Registry') return []
    return ['adminUserEnabled', 'anonymousPullEnabled']
      .filter((name) => props[name] === true)
      .map((name) => `${name} is true`)
  },
}
