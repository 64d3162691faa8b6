-- What happened to one object is asked for by its code alone.
CREATE INDEX access_audit_code ON access_audit (object, id);
