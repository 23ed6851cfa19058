-- Access tokens are signed by a private key, sealed by the service's key; any replica verifies them by the public one.
CREATE TABLE token_key (
  id uuid PRIMARY KEY,
  public_key jsonb NOT NULL,
  private_key text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);
DROP TABLE signing_key;

-- federation: { issuer, subject, audience }; jwks: a JWK Set. Either lets a client do without a secret.
ALTER TABLE configuration
  ADD access text NOT NULL DEFAULT 'full',
  ADD federation jsonb,
  ADD jwks jsonb;

-- An assertion that names itself (jti) is good once, at whichever replica.
CREATE TABLE used_assertion (
  configuration uuid NOT NULL REFERENCES configuration ON DELETE CASCADE,
  hash text NOT NULL,
  expires timestamptz NOT NULL,
  PRIMARY KEY (configuration, hash)
);
CREATE INDEX used_assertion_expires ON used_assertion (expires);
