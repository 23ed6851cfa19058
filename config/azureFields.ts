import { z } from 'zod'
import { knownRegions } from '../azure/regions.ts'
import { databaseSkus } from '../azure/sizes.ts'
import { OWN_TAGS } from '../azure/tags.ts'
import { text } from './fields.ts'
import { editDistance, nearest } from './nearest.ts'

/** Text that a rule of Azure has to accept; the rule says what is wrong. */
export const ruled = (what: string, fault: (value: string) => string | undefined) =>
  text(what).superRefine((value, context) => {
    const message = fault(value)
    if (message) context.addIssue({ code: 'custom', message, input: value })
  })

/** As Azure's API has it: `West Europe` is westeurope. */
export const region = ruled('a region of Azure, e.g. westeurope', (name) => {
  if (!/^[a-z][a-z0-9 ]+$/i.test(name)) return 'it must be a region of Azure, e.g. westeurope'
  const meant = misspelt(regionName(name))
  return meant && `it must be a region of Azure; did you mean ${meant}?`
}).transform(regionName)

function regionName(name: string): string {
  return name.toLowerCase().replaceAll(' ', '')
}

/** The region that is one letter away from one that is not known. Another number is no slip: westus4 may be new. */
function misspelt(name: string): string | undefined {
  if (knownRegions.includes(name)) return undefined
  const place = name.replace(/\d+$/, '')
  return knownRegions.find((known) => known.replace(/\d+$/, '') !== place && editDistance(known, name) === 1)
}

const SKU = 'it must be a size of a PostgreSQL flexible server, e.g. Standard_D2ds_v5, Standard_B1ms'

export const databaseSku = ruled('a size of Azure Database for PostgreSQL flexible server', (sku) => {
  if (databaseSkus.includes(sku)) return undefined
  const meant = nearest(sku, databaseSkus)
  return meant ? `${SKU}; did you mean ${meant}?` : SKU
})

const CERTIFICATE =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.App\/managedEnvironments\/[^/]+\/(?:managedC|c)ertificates\/[^/]+$/i

export const certificateId = ruled('the resource id of a certificate in the environment', (id) =>
  CERTIFICATE.test(id)
    ? undefined
    : 'it must be the resource id of a certificate in the environment, /subscriptions/…/resourceGroups/…/providers/Microsoft.App/managedEnvironments/…/certificates/…',
)

/** Of keys in a vault and of private DNS zones, which get the same tags as everything else; elsewhere Azure takes 50. */
const MOST_TAGS = 15

const MOST_OF_YOURS = MOST_TAGS - OWN_TAGS.length

export const tags = z
  .record(
    z.string(),
    z
      .string({ error: 'it must be text; put it in quotes' })
      .max(256, { error: 'it must have 256 characters or fewer' }),
    { error: 'it must be an object of texts' },
  )
  .superRefine(
    (given, context) => {
      for (const key of Object.keys(given)) {
        const message = tagFault(key)
        if (message) context.addIssue({ code: 'custom', path: [key], message, input: given[key] })
      }
      const count = Object.keys(given).length
      if (count > MOST_OF_YOURS)
        context.addIssue({
          code: 'custom',
          message: `these are ${count} tags; allowed are ${MOST_OF_YOURS}: keys of a vault and private DNS zones take ${MOST_TAGS}, and Entrada sets ${OWN_TAGS.length}`,
          input: given,
        })
    },
    // `given` is what was written where that is no object of texts, and has keys or none.
    { when: ({ value }) => value !== null && typeof value === 'object' },
  )

/**
 * DNS zones take fewer names than other resources, and drop a tag whose name they do not take, without a word. Sources:
 * learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations, Azure/azure-rest-api-specs#11748
 */
function tagFault(key: string): string | undefined {
  if (OWN_TAGS.includes(key)) return 'Entrada sets it itself; leave it out'
  if (/^[a-z_][\w.-]{0,127}$/i.test(key)) return undefined
  return 'a tag’s name must be up to 128 letters, digits and . _ -, not beginning with a digit: DNS zones drop others'
}
