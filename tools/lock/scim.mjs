/**
 * The lock of scim/ by itself, whose image is built from that folder alone: the part of the whole lock that its production
 * dependencies reach, at the same versions. Takes and gives the parsed package-lock.json.
 */
export function scimLock(lock) {
  const { name, version, dependencies, engines } = lock.packages.scim
  const packages = { '': { name, version, dependencies, engines } }
  const add = (from, names) => {
    for (const dependency of Object.keys(names ?? {})) {
      const place = find(lock.packages, from, dependency)
      const target = place.replace(/^scim\//, '')
      const { dev: _, peer: __, ...entry } = lock.packages[place]
      if (packages[target]?.version === entry.version) continue
      if (packages[target]) throw new Error(`scim and the whole project need different versions of ${dependency}`)
      packages[target] = entry
      add(place, { ...entry.dependencies, ...entry.optionalDependencies })
    }
  }
  add('scim', dependencies)
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { name, version, lockfileVersion: lock.lockfileVersion, requires: true, packages: sorted }
}

/** Where Node finds `dependency` for the package at `from`: in the nearest node_modules, going up. */
function find(packages, from, dependency) {
  for (let folder = from; ; folder = folder.replace(/(^|\/)[^/]+$/, '')) {
    const place = `${folder}${folder === '' ? '' : '/'}node_modules/${dependency}`
    if (packages[place]) return place
    if (folder === '') throw new Error(`${dependency} is not in the lock`)
  }
}
