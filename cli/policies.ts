import path from 'node:path'

/** Policy packs are named from the caller's folder, while the engine works on the local stack in another one. */
export function policiesFrom(folder: string, args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const [, option, file] = /^(--policy-pack(?:-config)?)=(.+)$/.exec(argument) ?? []
    if (option && file) return `${option}=${path.resolve(folder, file)}`
    return /^--policy-pack(-config)?$/.test(args[index - 1] ?? '') ? path.resolve(folder, argument) : argument
  })
}
