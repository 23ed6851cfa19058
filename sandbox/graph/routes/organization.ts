import { COMPANY, DOMAIN } from '../../directory/known.ts'
import { ACCESS } from '../access.ts'
import { badRequest, notFound } from '../errors.ts'
import { select } from '../odata/select.ts'
import { type Call, type GraphResponse, ok } from '../request.ts'
import type { Route } from '../router.ts'

const SERVICES = ['Email', 'OfficeCommunicationsOnline']

export const organizationRoutes: Route[] = [
  { method: 'GET', pattern: '/organization', access: ACCESS.anyone, handler: listOrganizations },
  { method: 'GET', pattern: '/organization/:id', access: ACCESS.readOrganization, handler: getOrganization },
  { method: 'GET', pattern: '/domains', access: ACCESS.readDomains, handler: listDomains },
  { method: 'GET', pattern: '/domains/:id', access: ACCESS.readDomains, handler: getDomain },
]

const organization = ({ tenant }: Call) => ({
  id: tenant.tenantId,
  deletedDateTime: null,
  displayName: COMPANY,
  tenantType: 'AAD',
  verifiedDomains: [
    { capabilities: SERVICES.join(', '), isDefault: true, isInitial: true, name: DOMAIN, type: 'Managed' },
  ],
})

/** The one domain of the tenant. */
const THE_DOMAIN = {
  id: DOMAIN,
  authenticationType: 'Managed',
  availabilityStatus: null,
  isAdminManaged: true,
  isDefault: true,
  isInitial: true,
  isRoot: true,
  isVerified: true,
  passwordNotificationWindowInDays: null,
  passwordValidityPeriodInDays: null,
  state: null,
  supportedServices: SERVICES,
}

const selected = (call: Call, view: Record<string, unknown>) => select(view, call.request.query.get('$select'))

function listOrganizations(call: Call): GraphResponse {
  return ok({ '@odata.context': call.context('organization'), value: [selected(call, organization(call))] })
}

function getOrganization(call: Call): GraphResponse {
  const { id } = call.params
  if (id!.toLowerCase() !== call.tenant.tenantId) throw notFound(id!)
  return ok({ '@odata.context': call.context('organization/$entity'), ...selected(call, organization(call)) })
}

/** Filters are not supported for domains (azuread: domains data source). */
function listDomains(call: Call): GraphResponse {
  if (call.request.query.has('$filter')) throw badRequest('Unsupported Query.', 'Request_UnsupportedQuery')
  return ok({ '@odata.context': call.context('domains'), value: [selected(call, THE_DOMAIN)] })
}

function getDomain(call: Call): GraphResponse {
  const { id } = call.params
  if (id!.toLowerCase() !== DOMAIN) throw notFound(id!)
  return ok({ '@odata.context': call.context('domains/$entity'), ...selected(call, THE_DOMAIN) })
}
