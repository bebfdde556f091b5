-- Two roles: `suyuan_owner` owns the tables that nobody can rebuild, `suyuan_app` serves.
--
-- The ledger is append-only by trigger already (ledger.sql); with these roles it is so by privilege
-- too: the role that serves can't even try to change an event, nor switch the trigger off.
--
-- Run as a superuser on the database, before or after the first start, and again after each
-- `suyuan prepare` of a new version:
--   psql -v ON_ERROR_STOP=1 -v owner_password=… -v app_password=… -f docker/roles.sql suyuan
-- From then on, prepare with a DATABASE_URL for suyuan_owner and serve with one for suyuan_app.
-- Without owner_password nobody can sign in as suyuan_owner, and a superuser prepares.

BEGIN;

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['suyuan_owner', 'suyuan_app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE suyuan_app LOGIN PASSWORD :'app_password';
\if :{?owner_password}
ALTER ROLE suyuan_owner LOGIN PASSWORD :'owner_password';
\endif

SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO suyuan_owner, suyuan_app', current_database()),
       -- The application makes the read models itself: a rebuild makes, renames and drops schemas.
       format('GRANT CREATE ON DATABASE %I TO suyuan_owner, suyuan_app', current_database())
\gexec

-- What is kept: the owner's, whoever made it. tests/test_roles.py holds the list to what is installed.
CREATE TEMPORARY TABLE kept (name text) ON COMMIT DROP;
INSERT INTO kept
VALUES ('ledger'), ('vault'), ('custody'), ('signin'), ('scan'), ('report'), ('joining'), ('proposals');

SELECT format('CREATE SCHEMA IF NOT EXISTS %I', name),
       format('GRANT USAGE ON SCHEMA %I TO suyuan_app', name)
FROM kept
\gexec

-- Whose each schema is: the read models, known by the table in which each notes how far it is, are
-- the application's. Other schemas are left alone.
CREATE TEMPORARY TABLE owned ON COMMIT DROP AS
SELECT pg_namespace.oid, nspname AS name,
       CASE WHEN kept.name IS NULL THEN 'suyuan_app' ELSE 'suyuan_owner' END AS owner
FROM pg_namespace
LEFT JOIN kept ON kept.name = nspname
WHERE kept.name IS NOT NULL
   OR (to_regclass(format('%I.progress', nspname)) IS NOT NULL
       AND to_regclass(format('%I.correction', nspname)) IS NOT NULL);

SELECT format('ALTER SCHEMA %I OWNER TO %I', name, owner)
FROM owned
\gexec
SELECT format('ALTER %s %I.%I OWNER TO %I',
              CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
                           WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
              name, relname, owner)
FROM pg_class
JOIN owned ON owned.oid = relnamespace
WHERE relkind IN ('r', 'p', 'S', 'v', 'm')
  AND NOT EXISTS (  -- a column's own sequence follows its table
      SELECT FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i')
  )
\gexec
SELECT format('ALTER ROUTINE %I.%I(%s) OWNER TO %I',
              name, proname, pg_get_function_identity_arguments(pg_proc.oid), owner)
FROM pg_proc
JOIN owned ON owned.oid = pronamespace
\gexec

-- The ledger: the application reads all of it and adds to it; it changes only the head (one row),
-- and never an event, a tile or a checkpoint.
ALTER DEFAULT PRIVILEGES FOR ROLE suyuan_owner IN SCHEMA ledger
    GRANT SELECT, INSERT ON TABLES TO suyuan_app;
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER
    ON ALL TABLES IN SCHEMA ledger FROM PUBLIC, suyuan_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA ledger TO suyuan_app;
SELECT 'GRANT UPDATE ON ledger.head TO suyuan_app'
WHERE to_regclass('ledger.head') IS NOT NULL
\gexec

-- All else that is kept may change, and a person may have it erased.
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE suyuan_owner IN SCHEMA %I '
              'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO suyuan_app', name),
       format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO suyuan_app', name)
FROM kept
WHERE name <> 'ledger'
\gexec

COMMIT;
