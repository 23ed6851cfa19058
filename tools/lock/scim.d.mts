interface Lock {
  lockfileVersion: number
  packages: Record<string, object>
}

export function scimLock(lock: Lock): object
