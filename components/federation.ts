import { createHash } from 'node:crypto'

/** Whose tokens an application takes in place of a secret. Issuer and subject are compared to the letter, case too. */
export interface FederatedCredential {
  /** Unique in the application. */
  name: string
  issuer: string
  subject: string
  description: string
}

export interface GitHubArgs {
  /** `ORG/REPO`, or `ORG@ID/REPO@ID` where the repository's tokens carry immutable subjects. */
  repository: string
  environments: readonly string[]
  branches: readonly string[]
  pullRequests: boolean
  /** Of GitHub.com by default; a GitHub Enterprise has its own. */
  issuer?: string
}

const GITHUB = 'https://token.actions.githubusercontent.com'

/** Source: GitHub Docs, "OpenID Connect reference", subject claims; immutable ones since July 2026. */
export function gitHubCredentials(args: GitHubArgs): FederatedCredential[] {
  const { repository, environments, branches, pullRequests, issuer = GITHUB } = args
  // A colon divides the parts of a subject, so GitHub writes it otherwise inside of one.
  const contexts = [
    ...environments.map((name) => `environment:${name.replaceAll(':', '%3A')}`),
    ...branches.map((name) => `ref:refs/heads/${name}`),
    ...(pullRequests ? ['pull_request'] : []),
  ]
  return contexts.map((context) =>
    credential('github', issuer, `repo:${repository}:${context}`, `GitHub: ${repository}, ${context}`),
  )
}

/** What Azure DevOps shows of a service connection with workload identity federation. */
export interface ServiceConnection {
  issuer: string
  subject: string
}

export function azureDevOpsCredential({ issuer, subject }: ServiceConnection): FederatedCredential {
  return credential('azure-devops', issuer, subject, `Azure DevOps: ${subject}`)
}

export interface KubernetesArgs {
  /** The cluster's OIDC issuer URL, with the slash at its end if it has one. */
  issuer: string
  namespace: string
  serviceAccount: string
}

/** Source: Kubernetes, "Managing Service Accounts": the subject of a projected token. */
export function kubernetesCredential({ issuer, namespace, serviceAccount }: KubernetesArgs): FederatedCredential {
  const subject = `system:serviceaccount:${namespace}:${serviceAccount}`
  return credential('kubernetes', issuer, subject, `Kubernetes: ${namespace}/${serviceAccount}`)
}

/** Graph: federatedIdentityCredential, name and description. */
const LONGEST_NAME = 120
const LONGEST_DESCRIPTION = 600

function credential(kind: string, issuer: string, subject: string, description: string): FederatedCredential {
  const digest = createHash('sha256').update(`${issuer}\n${subject}`).digest('hex').slice(0, 8)
  const readable = subject.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')
  const name = `${kind}-${readable}`.slice(0, LONGEST_NAME - digest.length - 1).replace(/-$/, '')
  return { name: `${name}-${digest}`, issuer, subject, description: description.slice(0, LONGEST_DESCRIPTION) }
}
