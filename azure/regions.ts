/**
 * Regions of Azure's public cloud. The list helps with misspelt names and decides nothing: Azure opens regions faster than
 * this file changes.
 *
 * Source: learn.microsoft.com/azure/reliability/regions-list
 */
export const knownRegions: readonly string[] = [
  ...['eastus', 'eastus2', 'centralus', 'northcentralus', 'southcentralus', 'westcentralus'],
  ...['westus', 'westus2', 'westus3', 'canadacentral', 'canadaeast', 'mexicocentral'],
  ...['brazilsouth', 'brazilsoutheast', 'chilecentral'],
  ...['northeurope', 'westeurope', 'uksouth', 'ukwest', 'francecentral', 'francesouth'],
  ...['germanywestcentral', 'germanynorth', 'switzerlandnorth', 'switzerlandwest', 'norwayeast', 'norwaywest'],
  ...['swedencentral', 'swedensouth', 'polandcentral', 'italynorth', 'spaincentral', 'austriaeast', 'belgiumcentral'],
  ...['denmarkeast', 'israelcentral', 'qatarcentral', 'uaenorth', 'uaecentral', 'southafricanorth', 'southafricawest'],
  ...['eastasia', 'southeastasia', 'japaneast', 'japanwest', 'koreacentral', 'koreasouth'],
  ...['australiaeast', 'australiasoutheast', 'australiacentral', 'australiacentral2', 'newzealandnorth'],
  ...['centralindia', 'southindia', 'westindia', 'jioindiawest', 'jioindiacentral'],
  ...['indonesiacentral', 'malaysiawest'],
]
