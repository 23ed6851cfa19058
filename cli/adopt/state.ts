/** The engine's state with resources that are there already, in the form in which `pulumi stack import` takes it. */

/** A resource as the engine's state and its previews have it; source: pulumi/pulumi sdk/go/common/apitype. */
export interface ResourceState {
  urn: string
  custom: boolean
  type: string
  id?: string
  inputs?: Record<string, unknown>
  outputs?: Record<string, unknown>
  parent?: string
  dependencies?: string[]
  propertyDependencies?: Record<string, string[]>
  provider?: string
  additionalSecretOutputs?: string[]
}

/** One step of `pulumi preview --json`. */
export interface PreviewStep {
  op: string
  urn: string
  newState?: ResourceState & { sourcePosition?: unknown; stackTrace?: unknown }
}

export interface Deployment {
  version: number
  deployment: { resources?: ResourceState[]; [key: string]: unknown }
}

/** What is there for a resource of the program. */
export interface There {
  id: string
  inputs: object
  outputs: object
  /** Paths of one or two names whose values are secret. */
  secrets: readonly string[]
}

export interface Additions {
  steps: readonly PreviewStep[]
  /** By URN; a resource that is not in it is left to the next update to make. */
  there: ReadonlyMap<string, There>
  /** Of the default provider. */
  tenantId: string
  newId(): string
}

/** The state with the steps' resources in the order and under the names that the program gives them. */
export function withResources(before: Deployment, { steps, there, tenantId, newId }: Additions): Deployment {
  const resources = [...(before.deployment.resources ?? [])]
  const has = (urn: string) => resources.some((resource) => resource.urn === urn)
  /** Of a provider, as resources refer to it. */
  const referenceTo = (urn: string): string => {
    if (!has(urn)) {
      const [, , type, name] = urn.split('::') as [string, string, string, string]
      if (name.startsWith('default')) resources.push(providerState(urn, type, { tenantId }, newId()))
    }
    return `${urn}::${resources.find((resource) => resource.urn === urn)?.id}`
  }
  for (const { op, newState } of steps) {
    if (op !== 'create' || !newState || has(newState.urn)) continue
    const { sourcePosition: _, stackTrace: __, ...state } = newState
    if (state.type.startsWith('pulumi:providers:')) {
      resources.push({ ...state, ...providerState(state.urn, state.type, state.inputs ?? {}, newId()) })
    } else if (!state.custom) resources.push({ ...state, outputs: {} })
    else {
      const found = there.get(state.urn)
      if (!found) continue
      const { inputs, outputs } = found
      const provider = referenceTo(state.provider!.split('::').slice(0, -1).join('::'))
      const known = (urns: readonly string[] = []) => urns.filter(has)
      resources.push({
        ...state,
        provider,
        id: found.id,
        inputs: sealed(inputs, found.secrets),
        outputs: sealed({ ...inputs, ...outputs }, found.secrets),
        dependencies: known(state.dependencies),
        propertyDependencies: Object.fromEntries(
          Object.entries(state.propertyDependencies ?? {}).map(([name, urns]) => [name, known(urns)]),
        ),
      })
    }
  }
  return { ...before, deployment: { ...before.deployment, resources } }
}

const providerState = (urn: string, type: string, inputs: object, id: string): ResourceState => ({
  urn,
  type,
  custom: true,
  id,
  inputs: { ...inputs },
  outputs: { ...inputs },
})

/** Marks a secret; source: pulumi/pulumi sdk/go/common/resource. The engine encrypts it before it keeps it. */
const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' }

function sealed(value: object, secrets: readonly string[]): Record<string, unknown> {
  // Values that are absent are absent in state too.
  const bag = JSON.parse(JSON.stringify(value)) as Record<string, unknown>
  for (const path of secrets) {
    const names = path.split('.')
    const last = names.pop()!
    const holder = names.reduce<Record<string, unknown> | undefined>(
      (inner, name) => inner?.[name] as Record<string, unknown> | undefined,
      bag,
    )
    if (holder && last in holder) holder[last] = { ...SECRET, plaintext: JSON.stringify(holder[last]) }
  }
  return bag
}
