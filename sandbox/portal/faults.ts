import type { Fault } from '../http/faults.ts'

const UNTIL_CLEARED = Number.MAX_SAFE_INTEGER
const OBJECTS = '/(Users|Groups)'
const GRAPH = '^/(v1[.]0|beta)/'

/** Faults that the page offers; any other can be armed by `/sandbox/faults`. */
export const PRESETS: Readonly<Record<string, { text: string; fault: Fault }>> = {
  credentials: {
    text: 'The target refuses the credentials (401)',
    fault: { side: 'target', path: OBJECTS, status: 401, times: UNTIL_CLEARED },
  },
  down: {
    text: 'The target cannot be reached',
    fault: { side: 'target', path: '', drop: 'before', times: UNTIL_CLEARED },
  },
  create: {
    text: 'The target fails to create objects (500)',
    fault: { side: 'target', path: OBJECTS, method: 'POST', status: 500, times: UNTIL_CLEARED },
  },
  conflict: {
    text: 'The target says of the next new object that it exists (409)',
    fault: { side: 'target', path: OBJECTS, method: 'POST', status: 409 },
  },
  slow: {
    text: 'The target takes half a second longer for each request',
    fault: { side: 'target', path: OBJECTS, delayMs: 500, times: UNTIL_CLEARED },
  },
  throttled: {
    text: 'Graph throttles the next three requests (429)',
    fault: { path: GRAPH, status: 429, headers: { 'retry-after': '1' }, times: 3 },
  },
  unavailable: {
    text: 'Graph fails the next three requests (503)',
    fault: { path: GRAPH, status: 503, headers: { 'retry-after': '1' }, times: 3 },
  },
}

/** `target: POST /(Users|Groups)`. */
export function describeFault({ side, method, path, status, drop, delayMs, lagMs, times = 1 }: Fault): string {
  const what = drop
    ? 'the connection is cut'
    : status !== undefined
      ? `answered ${status}`
      : lagMs !== undefined
        ? `seen ${lagMs} ms late`
        : `${delayMs} ms later`
  const often = times === UNTIL_CLEARED ? 'until cleared' : times === 1 ? 'once' : `${times} times`
  return `${side === 'target' ? 'Target' : 'Tenant'}, ${method ?? 'any method'} ${path || 'any path'}: ${what}, ${often}`
}
