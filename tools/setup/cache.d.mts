export function cacheFolder(env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform): string
export function useCompileCache(): void
export function say(text: string): void
export function isAlive(pid: number): boolean
export function takeLock(file: string): number | undefined
export function withCacheLock<T>(name: string, work: () => Promise<T>): Promise<T>
