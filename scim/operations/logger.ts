import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino'

/** Of an error, what says where and why; statements and their values may hold what is a person's, or secret. */
function errorFields(error: unknown): object {
  const { name, message, stack, code, statusCode } = error as Error & { code?: string; statusCode?: number }
  return { type: name, message, code, statusCode, stack }
}

const never = ['authorization', 'cookie', 'token', 'secret', 'password', 'assertion', 'body', 'headers', 'url']

/** JSON lines. Requests are told by `requestLog`; what must not be in a log is left out even if somebody puts it in. */
export function openLogger(level: LevelWithSilent, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { err: errorFields, req: () => undefined, res: () => undefined },
      redact: { paths: never.flatMap((name) => [name, `*.${name}`]), remove: true },
    },
    destination,
  )
}
