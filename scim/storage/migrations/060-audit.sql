-- What was written to one resource, the newest first.
CREATE INDEX audit_of ON audit (tenant, subject_id, seq);
