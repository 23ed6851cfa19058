import type { Rule } from '../rule.ts'
import { containerAppReplicas } from './containerAppReplicas.ts'
import { databaseNetwork } from './databaseNetwork.ts'
import { databaseSignIn } from './databaseSignIn.ts'
import { deletionGuard } from './deletionGuard.ts'
import { failureMail } from './failureMail.ts'
import { httpsOnly } from './httpsOnly.ts'
import { keyVaultPurge } from './keyVaultPurge.ts'
import { leaversLoseAccess } from './leaversLoseAccess.ts'
import { noSecretInClear } from './noSecretInClear.ts'
import { registryAccess } from './registryAccess.ts'
import { scopeReason } from './scopeReason.ts'
import { tags } from './tags.ts'

export const rules: readonly Rule[] = [
  failureMail,
  deletionGuard,
  scopeReason,
  leaversLoseAccess,
  noSecretInClear,
  httpsOnly,
  containerAppReplicas,
  databaseNetwork,
  databaseSignIn,
  keyVaultPurge,
  registryAccess,
  tags,
]
