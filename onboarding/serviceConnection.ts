import type { ServiceConnection } from '../components/federation.ts'

const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** Of Entra ID, in any cloud; what newer service connections have. */
const ENTRA_ISSUER = new RegExp(
  `^https://login\\.(?:microsoftonline\\.com|microsoftonline\\.us|partner\\.microsoftonline\\.cn)/(${GUID})/v2\\.0$`,
)
const ENTRA_SUBJECT = new RegExp(`^/eid1/c/[a-z]+/t/([\\w-]{22})/a/[\\w-]{22}/sc/${GUID}/${GUID}$`)
/** Of Azure DevOps itself; what older service connections have. */
const DEVOPS_ISSUER = new RegExp(`^https://vstoken\\.dev\\.azure\\.com/${GUID}$`)
const DEVOPS_SUBJECT = /^sc:\/\/[^/]+\/[^/]+\/[^/]+$/

/**
 * What is wrong with issuer and subject of a service connection, undefined where nothing is. Source: Azure DevOps,
 * "Convert service connections to use the Microsoft Entra issuer"; the forms as Azure DevOps shows them.
 */
export function faultIn({
  issuer,
  subject,
}: ServiceConnection): { path: keyof ServiceConnection; message: string } | undefined {
  const tenant = ENTRA_ISSUER.exec(issuer)?.[1]
  if (tenant !== undefined) {
    const inSubject = ENTRA_SUBJECT.exec(subject)?.[1]
    if (inSubject === undefined)
      return {
        path: 'subject',
        message: 'with that issuer it must be /eid1/c/pub/t/…/a/…/sc/ORGANIZATION ID/CONNECTION ID',
      }
    if (inSubject !== encoded(tenant))
      return {
        path: 'subject',
        message: `it is of another tenant than the issuer, whose subjects begin /eid1/c/pub/t/${encoded(tenant)}`,
      }
    return undefined
  }
  if (!DEVOPS_ISSUER.test(issuer)) {
    const message =
      'it must be https://login.microsoftonline.com/TENANT ID/v2.0 or, of an older connection, https://vstoken.dev.azure.com/ORGANIZATION ID'
    return { path: 'issuer', message }
  }
  if (DEVOPS_SUBJECT.test(subject)) return undefined
  return { path: 'subject', message: 'with that issuer it must be sc://ORGANIZATION/PROJECT/CONNECTION' }
}

/** A tenant's id as subjects have it: its bytes, the first three groups with the lowest first, in base64url. */
function encoded(id: string): string {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  const groups = [bytes.subarray(0, 4).reverse(), bytes.subarray(4, 6).reverse(), bytes.subarray(6, 8).reverse()]
  return Buffer.concat([...groups, bytes.subarray(8)]).toString('base64url')
}
