/**
 * The SDK listens, for each program that runs, to whatever goes unhandled in the process, and fails the program by it: one
 * program's mistake would fail all that run beside it. Here each hears its own only, told apart by the SDK's own store
 * (source: @pulumi/pulumi automation/server.js, runtime/state.js), whose context Node keeps for these events.
 */
type Listener = ((error: unknown) => void) & { listener?: Listener }

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

const storeOf = (): unknown =>
  (globalThis as { asyncLocalStorage?: { getStore(): unknown } }).asyncLocalStorage?.getStore()

const owners = new WeakMap<Listener, unknown>()
let listening = false

/** Once in a process, before programs run in it. */
export function watchPrograms(): void {
  if (listening) return
  listening = true
  process.on('newListener', (event: string, listener: Listener) => {
    const store = storeOf()
    const isNew = (EVENTS as readonly string[]).includes(event) && !owners.has(listener)
    if (isNew && store !== undefined) owners.set(listener, store)
  })
}

/** To be called when a program begins, whose listeners are there by then. */
export function partListeners(): void {
  for (const event of EVENTS) {
    for (const listener of process.listeners(event as 'uncaughtException') as Listener[]) {
      const owner = owners.get(listener)
      if (owner === undefined) continue
      const own: Listener = (error) => {
        const store = storeOf()
        if (store === undefined || store === owner) listener(error)
      }
      // By this the SDK can take its listener away again.
      own.listener = listener
      process.off(event, listener)
      process.on(event, own)
    }
  }
}
