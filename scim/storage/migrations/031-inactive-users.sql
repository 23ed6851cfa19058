-- How many users are not active, without reading all.
CREATE INDEX resource_inactive ON resource (tenant) WHERE type = 'User' AND NOT active;
