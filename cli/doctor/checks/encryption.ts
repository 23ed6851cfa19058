import { existsSync } from 'node:fs'
import type { Env } from '../../stack/tenant.ts'
import { ok, problem, type Result } from '../finding.ts'
import type { Backend } from './backend.ts'
import type { Encryption } from './stackFile.ts'

/** Whether the engine can encrypt and decrypt the stack's secrets. Source: Pulumi, "Secrets". */
export function checkEncryption(
  { secretsProvider }: Pick<Encryption, 'secretsProvider'>,
  backend: Backend,
  env: Env,
): Result {
  if (secretsProvider !== undefined && secretsProvider !== 'passphrase' && secretsProvider !== 'default') {
    return ok(`secrets are encrypted by ${secretsProvider.split('?', 1)[0]}`)
  }
  if (backend.kind === 'cloud' && secretsProvider !== 'passphrase') return ok('secrets are encrypted by Pulumi Cloud')
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE
  if (file && !existsSync(file)) {
    return problem(
      `PULUMI_CONFIG_PASSPHRASE_FILE is ${file}, which does not exist`,
      'name the file that has the passphrase, or set PULUMI_CONFIG_PASSPHRASE',
    )
  }
  if (file) return ok('secrets are encrypted by the passphrase in PULUMI_CONFIG_PASSPHRASE_FILE')
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return ok('secrets are encrypted by PULUMI_CONFIG_PASSPHRASE')
  return problem(
    'there is no passphrase to encrypt secrets with',
    'set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or make the stack with --secrets-provider azurekeyvault://…',
  )
}
