/**
 * The type without the API version that some tokens carry: `azure-native:app/v20240301:ContainerApp` (SDK before 3) and
 * `azure-native_app_v20240301:app:ContainerApp` (SDK made by `pulumi package add`) are `azure-native:app:ContainerApp`.
 */
export function unversioned(type: string): string {
  return type.replace(/^azure-native(?:_\w+_v\w+)?:([^:/]+)(?:\/v\w+)?:/, 'azure-native:$1:')
}
