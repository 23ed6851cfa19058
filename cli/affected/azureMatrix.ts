/**
 * Names and variables of a matrix in Azure Pipelines. A name there has letters, digits and underscores, begins with a
 * letter, and is told from others without regard to case. Source: Microsoft Learn, "jobs.job.strategy".
 */
export function azureMatrix(stacks: readonly string[]): Record<string, { stack: string }> {
  const taken = new Set<string>()
  const entries = stacks.map((stack) => {
    const plain = stack.replaceAll(/\W/g, '_').replace(/^(?![A-Za-z])/, 's_')
    let name = plain
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${plain}_${count}`
    taken.add(name.toLowerCase())
    return [name, { stack }] as const
  })
  return Object.fromEntries(entries)
}
