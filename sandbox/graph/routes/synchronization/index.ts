import type { Route } from '../../router.ts'
import { accessTokenRoutes } from './accessToken.ts'
import { connectivityRoutes } from './connectivity.ts'
import { credentialRoutes } from './credentials.ts'
import { directoryDefinitionRoutes } from './directories.ts'
import { discoverRoutes } from './discover.ts'
import { expressionRoutes } from './expressions.ts'
import { jobRoutes } from './jobs.ts'
import { onDemandRoutes } from './onDemand.ts'
import { ownTemplateRoutes } from './ownTemplates.ts'
import { schemaRoutes } from './schema.ts'
import { secretRoutes } from './secrets.ts'
import { synchronizationTemplateRoutes } from './templates.ts'

/** Everything below `servicePrincipals/{id}/synchronization`, and what is below that of applications alone. */
export const synchronizationRoutes: Route[] = [
  ...synchronizationTemplateRoutes,
  ...ownTemplateRoutes,
  ...jobRoutes,
  ...credentialRoutes,
  ...onDemandRoutes,
  ...schemaRoutes,
  ...directoryDefinitionRoutes,
  ...discoverRoutes,
  ...expressionRoutes,
  ...secretRoutes,
  ...connectivityRoutes,
  ...accessTokenRoutes,
]
