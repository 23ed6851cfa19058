import type { Link } from './model.ts'
import { MultiMap } from './multimap.ts'

/** Links of jobs to targets, found from either side and counted; it holds keys, the links are in their collection. */
export class LinkIndex {
  readonly #byJob = new MultiMap()
  readonly #byTarget = new MultiMap()
  /** By job and object type. */
  readonly #counts = new Map<string, number>()

  /** To be told of each write. */
  changed(key: string, now: Link | undefined, before: Link | undefined): void {
    // Most writes change what was written, not what is linked.
    if (before && now && targetKey(before) === targetKey(now)) return
    if (before) {
      this.#byJob.remove(before.jobId, key)
      this.#byTarget.remove(targetKey(before), key)
      this.#count(before, -1)
    }
    if (now) {
      this.#byJob.add(now.jobId, key)
      this.#byTarget.add(targetKey(now), key)
      this.#count(now, 1)
    }
  }

  ofJob(jobId: string): string[] {
    return this.#byJob.of(jobId)
  }

  toTarget(jobId: string, targetId: string): string[] {
    return this.#byTarget.of(targetKey({ jobId, targetId }))
  }

  count(jobId: string, objectType: Link['objectType']): number {
    return this.#counts.get(`${jobId}/${objectType}`) ?? 0
  }

  #count({ jobId, objectType }: Link, by: number): void {
    this.#counts.set(`${jobId}/${objectType}`, this.count(jobId, objectType) + by)
  }
}

const targetKey = ({ jobId, targetId }: Pick<Link, 'jobId' | 'targetId'>): string => `${jobId}/${targetId}`
