-- The service's key where a vault keeps it: made at the first start, wrapped by the version of the vault's key that wrapped_by names.
CREATE TABLE data_key (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  wrapped text NOT NULL,
  wrapped_by text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);
