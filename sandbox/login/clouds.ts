/** One of Microsoft's clouds, as clients address it (Graph: national cloud deployments). */
export interface Cloud {
  /** Of Azure Resource Manager's metadata document. */
  name: string
  graph: string
  login: string
  /** `tenant_region_scope` of the OpenID metadata. */
  region: string
}

export const CLOUDS = {
  global: {
    name: 'AzureCloud',
    graph: 'https://graph.microsoft.com',
    login: 'https://login.microsoftonline.com',
    region: 'EU',
  },
  usGovernment: {
    name: 'AzureUSGovernment',
    graph: 'https://graph.microsoft.us',
    login: 'https://login.microsoftonline.us',
    region: 'USGov',
  },
  usGovernmentDoD: {
    name: 'AzureUSGovernment',
    graph: 'https://dod-graph.microsoft.us',
    login: 'https://login.microsoftonline.us',
    region: 'USGov',
  },
  china: {
    name: 'AzureChinaCloud',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    login: 'https://login.partner.microsoftonline.cn',
    region: 'AS',
  },
} as const satisfies Record<string, Cloud>

export type CloudName = keyof typeof CLOUDS
