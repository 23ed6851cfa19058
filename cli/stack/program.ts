/** Folders that `index.ts` is made of, the provider included: a change in one of them may change any stack. */
export const PROGRAM_FOLDERS = ['azure', 'components', 'config', 'provider'] as const
