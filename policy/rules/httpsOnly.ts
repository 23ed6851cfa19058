import type { Resource, Rule } from '../rule.ts'
import { at } from '../values.ts'

const ADDRESSES: Record<string, readonly string[]> = {
  'entrasync:index:ProvisioningJob': ['credentials.tenantUrl', 'credentials.tokenEndpoint'],
  'entrasync:index:ScimConfiguration': ['apiUrl'],
}

export const httpsOnly: Rule = {
  name: 'https-only',
  level: 'mandatory',
  production: 'stricter',
  what: 'Nothing is spoken in clear; this machine may talk to itself outside production.',
  why: "Tokens, client secrets and people's data cross these connections.",
  fix: 'Use an https address, and leave encryption in transit on.',
  check(resource, { production }) {
    return [...addressesInClear(resource, production), ...transportInClear(resource)]
  },
}

function addressesInClear({ type, props }: Resource, production: boolean): string[] {
  return (ADDRESSES[type] ?? []).flatMap((path) => {
    const url = URL.parse(String(at(props, path)))
    if (url?.protocol !== 'http:' || (!production && isLoopback(url.hostname))) return []
    return [`${path} begins with http://`]
  })
}

function transportInClear({ type, props }: Resource): string[] {
  switch (type) {
    case 'azure-native:app:ContainerApp':
      return at(props, 'configuration.ingress.allowInsecure') === true
        ? ['configuration.ingress.allowInsecure is true']
        : []
    case 'azure-native:storage:StorageAccount': {
      const { enableHttpsTrafficOnly, minimumTlsVersion } = props
      return [
        ...(enableHttpsTrafficOnly === false ? ['enableHttpsTrafficOnly is false'] : []),
        ...(minimumTlsVersion === 'TLS1_0' || minimumTlsVersion === 'TLS1_1'
          ? [`minimumTlsVersion is ${minimumTlsVersion}`]
          : []),
      ]
    }
    case 'azure-native:dbforpostgresql:Configuration': {
      const { configurationName, value } = props
      if (configurationName !== 'require_secure_transport' || typeof value !== 'string') return []
      return value.toLowerCase() === 'off' ? ['require_secure_transport is off'] : []
    }
    default:
      return []
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
