-- The two roles that Holdfast needs, and who may connect. Run it as a superuser, or as what a managed service has in its
-- place, connected to Holdfast's database. That has to exist: CREATE DATABASE holdfast TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
--
--   PGOPTIONS="-c holdfast.owner_password=$(cat owner_password) -c holdfast.node_password=$(cat node_password)" \
--     psql --dbname holdfast --set ON_ERROR_STOP=1 --file roles.sql
--
-- Passwords come as settings of the session, not inside the statements, so that they never enter the server's log nor a
-- process list. Letters and digits alone: PGOPTIONS parts its words at blanks. To run it again changes the passwords
-- and nothing else.
--
--   holdfast_owner   owns database and tables. Only `holdfast storage migrate` and `holdfast storage grant` use it.
--   holdfast_node    what nodes run as. It owns nothing: it gets its rights, which cannot alter what stands in the ledger,
--                    from `holdfast storage grant --role holdfast_node`, once the owner has made the tables.

DO $$
DECLARE
  role_name text;
  password text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['holdfast_owner', 'holdfast_node'] LOOP
    password := current_setting(replace(role_name, '_', '.') || '_password', true);
    IF coalesce(password, '') = '' THEN
      RAISE EXCEPTION 'the setting %_password is missing', replace(role_name, '_', '.');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', role_name, password);
  END LOOP;

  -- A managed service's administrator is no superuser, and gives away a database only to a role that he is a member of.
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT holdfast_owner TO %I', current_user);
  END IF;

  -- Nobody else may connect, and nodes may not even make temporary tables.
  EXECUTE format('ALTER DATABASE %I OWNER TO holdfast_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO holdfast_node', current_database());
END $$;

-- Holdfast's tables are in a schema of their own, which the owner makes. In this one nobody needs anything.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
