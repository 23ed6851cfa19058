/**
 * How azure-native 3.28 signs in by an environment, and what it misses for that. The first method that is asked for is
 * taken; it knows neither Azure DevOps' service for tokens nor ARM_OIDC_REQUEST_URL. Source: pulumi/pulumi-azure-native
 * provider/pkg/provider/auth_azidentity.go.
 */
type Env = Readonly<Record<string, string | undefined>>
type Method = 'default credential' | 'certificate' | 'secret' | 'federation' | 'managed identity' | 'az login'

export function azureNativeSignIn(env: Env): { method: Method; missing: string[] } {
  const asks = (name: string) => env[name] === 'true'
  const with_ = (method: Method, ...names: string[]) => ({ method, missing: names.filter((name) => !env[name]) })
  const application = ['ARM_TENANT_ID', 'ARM_CLIENT_ID']
  if (asks('ARM_USE_DEFAULT_AZURE_CREDENTIAL')) return with_('default credential')
  if (env.ARM_CLIENT_CERTIFICATE_PATH) return with_('certificate', ...application)
  if (env.ARM_CLIENT_SECRET) return with_('secret', ...application)
  if (asks('ARM_USE_OIDC')) {
    const ready = ['ARM_OIDC_TOKEN', 'ARM_OIDC_TOKEN_FILE_PATH'].some((name) => env[name])
    const request = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']
    return with_('federation', ...application, ...(ready ? [] : request))
  }
  return asks('ARM_USE_MSI') ? with_('managed identity') : with_('az login')
}
