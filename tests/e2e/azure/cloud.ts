/** As much of Azure's behaviour as decides whether a target is made in an order that works. */

type Properties = Record<string, unknown>

export interface Change {
  operation: 'create' | 'update' | 'delete'
  type: string
  name: string
}

/** What an app needs to start: the right to its image and key, and a database that it may sign in to. */
const NEEDED_BY_THE_APP = [
  'azure-native:authorization:RoleAssignment',
  'azure-native:keyvault:Key',
  'azure-native:dbforpostgresql:AdministratorsMicrosoftEntra',
  'azure-native:dbforpostgresql:Database',
]

const SERVER = 'azure-native:dbforpostgresql:Server'
const sizeOf = (server: Properties) => Number((server.storage as Properties).storageSizeGB)

/** One that the same stack left is taken over. */
const CONFIGURATION = 'entrasync:index:ScimConfiguration'

/** What goes with what is deleted. */
const WITH: Record<string, readonly string[]> = {
  'azure-native:app:ManagedEnvironment': ['azure-native:app:ManagedCertificate'],
  'azure-native:app:ContainerApp': [CONFIGURATION],
}

export class Cloud {
  /** All that was done, in the order of its end. */
  readonly changes: Change[] = []
  readonly #there = new Map<string, { type: string; inputs: Properties }>()
  readonly #busy = new Set<string>()
  readonly #failures = new Map<string, string>()
  readonly #held = new Map<string, () => void>()

  /** The next change of that type fails with the message. */
  failNext(type: string, message: string): void {
    this.#failures.set(type, message)
  }

  /** The next creation of that type is done, and not answered; resolves when it is. */
  holdNext(type: string): Promise<void> {
    return new Promise((resolve) => this.#held.set(type, resolve))
  }

  /** Type tokens of what there is. */
  get types(): string[] {
    return [...this.#there.values()].map(({ type }) => type).sort()
  }

  /** @returns the new resource's id */
  async create(type: string, name: string, inputs: Properties): Promise<string> {
    const id = `${type}/${name}/${physicalName(inputs)}`
    this.#failAsAsked(type)
    if (this.#there.has(id) && type !== CONFIGURATION)
      throw new Error(`cannot create already existing resource '${id}'`)
    if (type === 'azure-native:app:ContainerApp') this.#requireForTheApp()
    await this.#exclusively(inputs, () => {
      this.#there.set(id, { type, inputs })
      this.changes.push({ operation: 'create', type, name })
    })
    const held = this.#held.get(type)
    if (!held) return id
    this.#held.delete(type)
    held()
    return new Promise(() => {})
  }

  /** Of a resource that there is, by its logical name. */
  idOf(type: string, name: string): string | undefined {
    return [...this.#there.keys()].find((id) => id.startsWith(`${type}/${name}/`))
  }

  /** Inputs of a resource as they were last written. */
  read(id: string): Properties | undefined {
    return this.#there.get(id)?.inputs
  }

  /** A database server as a look-up gives it. */
  serverNamed(serverName: string): Properties | undefined {
    return [...this.#there.values()].find(({ type, inputs }) => type === SERVER && inputs.serverName === serverName)
      ?.inputs
  }

  /** The database server's disk grows, as it does when it fills up. */
  growStorage(storageSizeGB: number): void {
    const server = [...this.#there.values()].find(({ type }) => type === SERVER)!
    server.inputs = { ...server.inputs, storage: { ...(server.inputs.storage as Properties), storageSizeGB } }
  }

  async update(id: string, type: string, name: string, inputs: Properties): Promise<void> {
    this.#failAsAsked(type)
    if (type === SERVER && sizeOf(inputs) < sizeOf(this.read(id)!))
      throw new Error('Code="InvalidParameterValue" Message="Storage size cannot be reduced."')
    await this.#exclusively(inputs, () => {
      this.#there.set(id, { type, inputs })
      this.changes.push({ operation: 'update', type, name })
    })
  }

  async delete(id: string, type: string, name: string, inputs: Properties): Promise<void> {
    this.#failAsAsked(type)
    if (type === 'azure-native:app:ManagedCertificate' && this.#appHasDomain())
      throw new Error('CertificateInUse: the app is bound to it')
    for (const inner of WITH[type] ?? []) this.#forget(inner)
    await this.#exclusively(inputs, () => {
      this.#there.delete(id)
      this.changes.push({ operation: 'delete', type, name })
    })
  }

  #failAsAsked(type: string): void {
    const failure = this.#failures.get(type)
    this.#failures.delete(type)
    if (failure) throw new Error(failure)
  }

  #appHasDomain(): boolean {
    const apps = [...this.#there.values()].filter(({ type }) => type === 'azure-native:app:ContainerApp')
    return apps.some(({ inputs }) => JSON.stringify(inputs.configuration).includes('customDomains'))
  }

  #forget(gone: string): void {
    for (const [id, { type }] of this.#there) if (type === gone) this.#there.delete(id)
  }

  #requireForTheApp(): void {
    const missing = NEEDED_BY_THE_APP.filter((type) => !this.types.includes(type))
    if (missing.length > 0) throw new Error(`the revision fails: there is no ${missing.join(', ')}`)
  }

  /** A server and a network take one change at a time, and refuse what comes meanwhile. */
  async #exclusively(inputs: Properties, change: () => unknown): Promise<void> {
    const whole = [inputs.serverName, inputs.subnetName && inputs.virtualNetworkName].find(
      (name) => typeof name === 'string',
    ) as string | undefined
    if (whole && this.#busy.has(whole)) throw new Error(`ServerIsBusy: ${whole} is busy with another operation`)
    if (whole) this.#busy.add(whole)
    // Long enough for whatever else the engine has ready to arrive.
    await new Promise((resolve) => setTimeout(resolve, 20))
    if (whole) this.#busy.delete(whole)
    change()
  }
}

/** The first input that names the resource in Azure. */
function physicalName(inputs: Properties): string {
  const [, value] = Object.entries(inputs).find(([key]) => /Name$/.test(key) && key !== 'resourceGroupName') ?? []
  return String(value ?? '')
}
