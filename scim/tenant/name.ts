/** The first part of paths, so none of the service's own. */
export const tenantName = /^(?!(?:api|admin|healthz|readyz|metrics)$)[a-z0-9][a-z0-9-]{0,62}$/
export const allowedTenantName = "up to 63 small letters, digits and hyphens, and none of the service's own paths"
