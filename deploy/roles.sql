-- Run once as a superuser: psql -f roles.sql. Afterwards set both passwords with \password.
-- The same roles, rights and limits as `make run` gives its own server.

CREATE ROLE aftersales_owner LOGIN NOSUPERUSER NOCREATEROLE CREATEDB;
CREATE ROLE aftersales_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB;

ALTER ROLE aftersales_app SET statement_timeout = '15s';
ALTER ROLE aftersales_app SET lock_timeout = '3s';
ALTER ROLE aftersales_app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE aftersales_owner SET lock_timeout = '3s';

CREATE DATABASE aftersales OWNER aftersales_owner
    TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C' LC_CTYPE 'C.UTF-8';

\connect aftersales
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER DEFAULT PRIVILEGES FOR ROLE aftersales_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO aftersales_app;
ALTER DEFAULT PRIVILEGES FOR ROLE aftersales_owner
    GRANT USAGE, SELECT ON SEQUENCES TO aftersales_app;
