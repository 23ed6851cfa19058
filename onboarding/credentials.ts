import {
  azureDevOpsCredential,
  type FederatedCredential,
  type GitHubArgs,
  gitHubCredentials,
  type KubernetesArgs,
  kubernetesCredential,
  type ServiceConnection,
} from '../components/federation.ts'

export interface Pipelines {
  github: readonly GitHubArgs[]
  azureDevOps: readonly ServiceConnection[]
  kubernetes: readonly KubernetesArgs[]
}

export const credentialsOf = ({ github, azureDevOps, kubernetes }: Pipelines): FederatedCredential[] => [
  ...github.flatMap(gitHubCredentials),
  ...azureDevOps.map(azureDevOpsCredential),
  ...kubernetes.map(kubernetesCredential),
]
