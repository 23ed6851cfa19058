import type { Rule } from '../rule.ts'
import { at, UNKNOWN } from '../values.ts'

export const containerAppReplicas: Rule = {
  name: 'container-app-replicas',
  level: 'mandatory',
  production: 'only',
  what: 'A container app runs in more than one replica.',
  why: 'With one, each new revision and each failed host is an outage, and failed cycles end in quarantine.',
  fix: 'Set template.scale.minReplicas.',
  settings: { minimum: { type: 'integer', minimum: 1, default: 2, description: 'How few replicas are accepted.' } },
  check({ type, props }, { settings: { minimum } }) {
    if (type !== 'azure-native:app:ContainerApp') return []
    const replicas = at(props, 'template.scale.minReplicas')
    if (replicas === UNKNOWN || Number(replicas ?? 0) >= (minimum as number)) return []
    return [`template.scale.minReplicas is ${replicas ?? 'not set'}, below ${minimum}`]
  },
}
