-- Two roles: `suyuan_owner` owns the schemas and migrates them, `suyuan_app` serves.
--
-- The ledger is append-only by trigger already (ledger.sql); with these roles it is so by privilege
-- too: the role that serves can't even try to change an event, nor switch the trigger off.
--
-- Run as a superuser on the database, after the first start and again after a migration:
--   psql -v ON_ERROR_STOP=1 -v owner_password=… -v app_password=… -f docker/roles.sql suyuan
-- From then on, migrate with a DATABASE_URL for suyuan_owner and serve with one for suyuan_app.

BEGIN;

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['suyuan_owner', 'suyuan_app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE suyuan_owner PASSWORD :'owner_password';
ALTER ROLE suyuan_app PASSWORD :'app_password';

SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO suyuan_owner, suyuan_app', current_database()),
       -- The application makes its own schemas for what can be dropped and rebuilt.
       format('GRANT CREATE ON DATABASE %I TO suyuan_owner, suyuan_app', current_database())
\gexec

-- Whatever stands already (the first start may have been made by another role) becomes the owner's.
CREATE SCHEMA IF NOT EXISTS ledger;
ALTER SCHEMA ledger OWNER TO suyuan_owner;
SELECT format('ALTER %s %I.%I OWNER TO suyuan_owner',
              CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
                           WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
              nspname, relname)
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = 'ledger'
  AND relkind IN ('r', 'p', 'S', 'v', 'm')
  AND NOT EXISTS (  -- a column's own sequence follows its table
      SELECT FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i')
  )
\gexec
SELECT format('ALTER ROUTINE ledger.%I(%s) OWNER TO suyuan_owner',
              proname, pg_get_function_identity_arguments(oid))
FROM pg_proc
WHERE pronamespace = 'ledger'::regnamespace
\gexec

-- The ledger: the application reads all of it and adds to it; it changes only the head (one row),
-- and never an event.
GRANT USAGE ON SCHEMA ledger TO suyuan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE suyuan_owner IN SCHEMA ledger
    GRANT SELECT, INSERT ON TABLES TO suyuan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE suyuan_owner IN SCHEMA ledger
    GRANT USAGE, SELECT ON SEQUENCES TO suyuan_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA ledger TO suyuan_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ledger TO suyuan_app;
SELECT 'GRANT UPDATE ON ledger.head TO suyuan_app'
WHERE to_regclass('ledger.head') IS NOT NULL
\gexec
SELECT 'REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ledger.event FROM PUBLIC, suyuan_app'
WHERE to_regclass('ledger.event') IS NOT NULL
\gexec

-- The vault: names and phones, which a person may have erased.
CREATE SCHEMA IF NOT EXISTS vault;
ALTER SCHEMA vault OWNER TO suyuan_owner;
SELECT format('ALTER TABLE vault.%I OWNER TO suyuan_owner', relname)
FROM pg_class
WHERE relnamespace = 'vault'::regnamespace AND relkind = 'r'
\gexec
GRANT USAGE ON SCHEMA vault TO suyuan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE suyuan_owner IN SCHEMA vault
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO suyuan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA vault TO suyuan_app;

COMMIT;
