/** What the DNS of a domain has to say before it is set. Source: Container Apps, "Custom domain names and certificates". */
import { promises as dns } from 'node:dns'
import { ok, problem, type Result, type Said, warning } from '../../finding.ts'
import type { ContainerApp } from '../target.ts'
import type { Azure } from './client.ts'

export type Resolver = Pick<typeof dns, 'resolveCname' | 'resolveTxt'>

interface App {
  properties: {
    customDomainVerificationId?: string
    configuration?: { ingress?: { fqdn?: string; customDomains?: { name: string }[] } }
  }
}

/** @param place the app's resource group and name */
export async function checkDomain(
  azure: Azure,
  domain: NonNullable<ContainerApp['domain']>,
  { group, app }: { group: string; app: string },
  resolver: Resolver = dns,
): Promise<Result> {
  const { name } = domain
  const found = await azure.get<App>(
    `/resourceGroups/${group}/providers/Microsoft.App/containerApps/${app}`,
    '2024-03-01',
  )
  const { customDomainVerificationId: proof, configuration } = found.body.properties ?? {}
  const { fqdn, customDomains = [] } = configuration?.ingress ?? {}
  if (found.status !== 200 || !proof || !fqdn)
    return problem(
      `entrada:target.domain is ${name}, and there is no container app ${app} yet that it could point to`,
      'leave domain out of the first update; its output `target` says what the DNS has to say',
    )
  if (customDomains.some((one) => one.name === name)) return ok(`${name} is bound to the app`)
  const [aliases, texts] = await Promise.all([
    resolver.resolveCname(name).catch(() => []),
    resolver.resolveTxt(`asuid.${name}`).catch(() => []),
  ])
  const said: Said[] = []
  if (!texts.some((parts) => parts.join('').toLowerCase() === proof.toLowerCase()))
    said.push(...problem(`the DNS has no TXT record asuid.${name} of ${proof}`, `make it: ${RECORDS}`).said)
  if (!aliases.some((alias) => alias.toLowerCase() === fqdn.toLowerCase())) {
    const seen = `${name} ${aliases.length > 0 ? `is an alias of ${aliases.join(', ')}, not` : 'has no CNAME record'} of ${fqdn}`
    // With a certificate of one's own an A record will do.
    const result = domain.certificateId
      ? warning(seen, `check where it points: ${RECORDS}`)
      : problem(seen, `make it: ${RECORDS}`)
    said.push(...result.said)
  }
  return said.length > 0 ? { said } : ok(`the DNS of ${name} points to the app`)
}

const RECORDS = 'docs/azure.md, "A domain of your own", lists the records; a new one takes its time to be seen'
