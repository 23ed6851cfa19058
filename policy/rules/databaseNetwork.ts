import type { Rule } from '../rule.ts'
import { at, UNKNOWN } from '../values.ts'

/** The address by which Azure means its own services. */
const AZURE_SERVICES = '0.0.0.0'

export const databaseNetwork: Rule = {
  name: 'database-network',
  level: 'mandatory',
  production: 'only',
  what: 'The PostgreSQL server is reached from a network of its own.',
  why: 'It holds the accounts of everybody; an open port is tried by strangers within minutes, and the rule for Azure services lets in those of every customer.',
  fix: 'Leave entrada:target.network.private at true: a delegated subnet, or network.publicNetworkAccess Disabled, and no firewall rule.',
  settings: {
    strict: {
      type: 'boolean',
      default: true,
      description: 'Whether public access is refused altogether; without it, Azure services may be let in.',
    },
  },
  check({ type, props }, { settings: { strict } }) {
    switch (type) {
      case 'azure-native:dbforpostgresql:Server': {
        const access = at(props, 'network.publicNetworkAccess')
        const subnet = at(props, 'network.delegatedSubnetResourceId')
        if (!strict || access === 'Disabled' || access === UNKNOWN || subnet !== undefined) return []
        return [`network.publicNetworkAccess is ${String(access ?? 'not set, which means Enabled')}`]
      }
      case 'azure-native:dbforpostgresql:FirewallRule': {
        const range = [props.startIpAddress, props.endIpAddress]
        if (range.includes(UNKNOWN)) return []
        if (!strict && range.every((address) => address === AZURE_SERVICES)) return []
        return [`it lets in ${range.join(' to ')}`]
      }
      default:
        return []
    }
  },
}
