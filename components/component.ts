import * as pulumi from '@pulumi/pulumi'

/**
 * A component whose arguments stay out of the engine: it would keep them in state as they stand, a secret given as plain
 * text in clear. Nothing is lost, the resources below the component keep what matters and mark what is secret.
 */
export abstract class Component extends pulumi.ComponentResource {
  constructor(type: string, name: string, opts?: pulumi.ComponentResourceOptions) {
    super(`entrada:index:${type}`, name, {}, opts)
  }
}
