/** Set on each resource. Private DNS zones drop tags with a colon in their names. */
export const ownTags = (stack: string) => ({ 'entrada-stack': stack, 'managed-by': 'pulumi' })

export const OWN_TAGS: readonly string[] = Object.keys(ownTags(''))
