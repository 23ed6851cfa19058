import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino'

/** JSON lines. Requests are told by `requestLog`; what must not be in a log is left out even if somebody puts it in. */
export function openLogger(level: LevelWithSilent, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { err: errorFields },
      formatters: { log: (fields) => withoutSecrets(fields) as Record<string, unknown> },
    },
    destination,
  )
}

/** Milliseconds. */
const gatheredFor = 20

/**
 * Passes lines on at most so often, those of the time between at once: a system call for each costs more than making the line, and
 * wakes whoever reads them as often. `flush` is for the end of the process.
 */
export function gathering(destination: DestinationStream): DestinationStream & { flush(): void } {
  let lines = ''
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (lines !== '') destination.write(lines)
    lines = ''
  }
  return {
    write(line) {
      lines += line
      timer ??= setTimeout(flush, gatheredFor)
    },
    flush,
  }
}

/** Of an error, what says where and why; statements and their values may hold what is a person's, or secret. */
function errorFields(error: unknown): object {
  const { name, message, stack, code, statusCode } = error as Error & { code?: string; statusCode?: number }
  return { type: name, message, code, statusCode, stack }
}

const secretName = /authorization|cookie|token|secret|password|assertion|^(?:req|res|body|headers|url)$/i
const deepest = 4

/** A third of the time that the logger's own redaction takes for names at any depth. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value
  if (depth === deepest) return undefined
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, depth + 1))
  const shown: Record<string, unknown> = {}
  for (const [name, each] of Object.entries(value)) {
    if (!secretName.test(name)) shown[name] = withoutSecrets(each, depth + 1)
  }
  return shown
}
