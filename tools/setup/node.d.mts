export const root: string
export const versions: { node: string; pulumi: string }
export function isCurrent(version: string): boolean
export function ensureNode(): Promise<string>
export function runOnCurrentNode(script: string, args: string[]): Promise<void>
