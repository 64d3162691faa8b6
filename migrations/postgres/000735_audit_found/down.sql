DROP INDEX access_audit_code;
