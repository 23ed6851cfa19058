import { describe, expect, test } from '@jest/globals'
import { graphSettings } from './settings.ts'

const TENANT = { ARM_TENANT_ID: 'tenant' }

describe('graphSettings', () => {
  test('says every missing variable at once', () => {
    const env = { ARM_ENVIRONMENT: 'mars', ARM_USE_OIDC: 'true' }
    expect(() => graphSettings(env)).toThrow(/ARM_TENANT_ID.*ARM_ENVIRONMENT is 'mars'.*ARM_OIDC_TOKEN.*ARM_CLIENT_ID/s)
  })

  test('a client id without credential is an error, not a sign-in with the Azure CLI', () => {
    expect(() => graphSettings({ ...TENANT, ARM_CLIENT_ID: 'client' })).toThrow(/ARM_CLIENT_SECRET/)
  })

  test.each([
    [
      'certificate before secret',
      { ARM_CLIENT_ID: 'c', ARM_CLIENT_SECRET: 's', ARM_CLIENT_CERTIFICATE_PATH: 'p' },
      'certificate',
    ],
    ['secret', { ARM_CLIENT_ID: 'c', ARM_CLIENT_SECRET: 's' }, 'secret'],
    ['secret in a file', { ARM_CLIENT_ID: 'c', ARM_CLIENT_SECRET_FILE_PATH: 'f' }, 'secret'],
    ['OIDC token', { ARM_CLIENT_ID: 'c', ARM_USE_OIDC: '1', ARM_OIDC_TOKEN: 't' }, 'oidc'],
    [
      'GitHub OIDC',
      {
        ARM_CLIENT_ID: 'c',
        ARM_USE_OIDC: 'true',
        ACTIONS_ID_TOKEN_REQUEST_URL: 'u',
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't',
      },
      'oidc',
    ],
    [
      'Azure Pipelines OIDC',
      {
        ARM_CLIENT_ID: 'c',
        ARM_USE_OIDC: 'true',
        ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: 'connection',
        SYSTEM_OIDCREQUESTURI: 'u',
        SYSTEM_ACCESSTOKEN: 't',
      },
      'oidc',
    ],
    ['managed identity', { ARM_USE_MSI: 'true' }, 'managedIdentity'],
    ['Azure CLI as the last resort', {}, 'cli'],
  ])('%s', (_, env, kind) => {
    expect(graphSettings({ ...TENANT, ...env }).credential.kind).toBe(kind)
  })

  test('no method at all is an error when the Azure CLI is switched off', () => {
    expect(() => graphSettings({ ...TENANT, ARM_USE_CLI: 'false' })).toThrow(/ARM_USE_CLI is off/)
  })

  test('a metadata host takes the place of the named cloud', () => {
    const settings = graphSettings({ ...TENANT, ARM_METADATA_HOSTNAME: 'localhost:1', ARM_ENVIRONMENT: 'mars' })
    expect(settings.cloud).toEqual({ metadataHost: 'localhost:1' })
  })

  test("azuread's names of the clouds are understood", () => {
    expect(graphSettings({ ...TENANT, ARM_ENVIRONMENT: 'usgovernmentl5' }).cloud).toEqual({ name: 'dod' })
  })
})
