/** One step of the system schema; a step is never changed once it was released, a new one is added at the end. */
export interface Migration {
  readonly version: number;
  /** The oldest version whose nodes can go on working beside the new ones: a rolling upgrade needs the version before. */
  readonly compatibleFrom: number;
  readonly sql: string;
}

/**
 * Bytes, payloads and hashes are sealed or hashes: they do not compress, so nobody tries (STORAGE EXTERNAL). Text is
 * compared byte by byte, as SQLite does and as keys are sorted. The triggers bind the owner of the tables too, until
 * he takes them away; what a node's own role may do at all is less (docs/formats/postgres.md).
 */
const TABLES = `
  CREATE TABLE holdfast.head (
    id integer PRIMARY KEY CHECK (id = 0), size bigint NOT NULL, chain text COLLATE "C" NOT NULL,
    root text COLLATE "C" NOT NULL, epoch bigint NOT NULL, origin text COLLATE "C" NOT NULL,
    signature text COLLATE "C" NOT NULL);

  CREATE TABLE holdfast.entries (
    seq bigint NOT NULL, time timestamptz NOT NULL, tenant text COLLATE "C" NOT NULL, actor text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL, resource text COLLATE "C" NOT NULL, outcome text COLLATE "C" NOT NULL,
    bytes bytea NOT NULL, payload bytea,
    PRIMARY KEY (seq, time)) PARTITION BY RANGE (time);
  ALTER TABLE holdfast.entries ALTER bytes SET STORAGE EXTERNAL, ALTER payload SET STORAGE EXTERNAL;
  CREATE INDEX entries_by_tenant ON holdfast.entries (tenant, seq);
  CREATE INDEX entries_by_actor ON holdfast.entries (actor, seq);
  CREATE INDEX entries_by_action ON holdfast.entries (action, seq);
  CREATE INDEX entries_by_resource ON holdfast.entries (resource, seq);
  CREATE TABLE holdfast.entries_default PARTITION OF holdfast.entries DEFAULT;

  CREATE TABLE holdfast.tiles (
    level integer NOT NULL, idx bigint NOT NULL, hashes bytea NOT NULL, PRIMARY KEY (level, idx));
  ALTER TABLE holdfast.tiles ALTER hashes SET STORAGE EXTERNAL;
  CREATE TABLE holdfast.checkpoints (size bigint PRIMARY KEY, note text COLLATE "C" NOT NULL);
  CREATE TABLE holdfast.batches (
    next_seq bigint PRIMARY KEY, first_seq bigint NOT NULL, node text COLLATE "C" NOT NULL,
    writes text[] COLLATE "C" NOT NULL, mac bytea, written_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE holdfast.leases (
    name text COLLATE "C" PRIMARY KEY, holder text COLLATE "C" NOT NULL, term bigint NOT NULL,
    expires_at timestamptz NOT NULL);`;

const GUARDS = `
  CREATE FUNCTION holdfast.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION '% of % is not allowed: the ledger only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'HF001';
  END $$;

  CREATE FUNCTION holdfast.guard_entries() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NEW.payload IS NULL
      AND (NEW.seq, NEW.time, NEW.tenant, NEW.actor, NEW.action, NEW.resource, NEW.outcome, NEW.bytes)
        = (OLD.seq, OLD.time, OLD.tenant, OLD.actor, OLD.action, OLD.resource, OLD.outcome, OLD.bytes)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'an entry never changes; only its payload can be erased' USING ERRCODE = 'HF001';
  END $$;

  CREATE FUNCTION holdfast.guard_head() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NEW.origin = OLD.origin AND NEW.epoch >= OLD.epoch
      AND (NEW.size > OLD.size OR (NEW.size = OLD.size AND NEW.chain = OLD.chain AND NEW.root = OLD.root))
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the head never goes back' USING ERRCODE = 'HF001';
  END $$;

  CREATE FUNCTION holdfast.guard_tiles() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF (NEW.level, NEW.idx) = (OLD.level, OLD.idx)
      AND substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) = OLD.hashes
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a tile only grows' USING ERRCODE = 'HF001';
  END $$;

  -- Pruning keeps 1,024: nobody deletes one of the newest thousand.
  CREATE FUNCTION holdfast.guard_checkpoints() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF (SELECT count(*) FROM (SELECT FROM holdfast.checkpoints WHERE size > OLD.size LIMIT 1000) AS newer) = 1000
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'one of the newest thousand checkpoints is not deleted' USING ERRCODE = 'HF001';
  END $$;

  -- A second row of a number would be searched for, listed and hashed in place of the first; one beyond the head would
  -- keep every node from opening the ledger. Only whoever moves the head on appends, and a head that is moved is signed.
  CREATE FUNCTION holdfast.guard_new_entries() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    ledger bigint := (SELECT size FROM holdfast.head WHERE id = 0);
    first bigint; next bigint; numbers bigint; added bigint;
  BEGIN
    SELECT min(seq), max(seq) + 1, count(DISTINCT seq), count(*) INTO first, next, numbers, added FROM added_entries;
    -- Nothing was added, or there is no ledger yet: a copy is being made.
    IF first IS NULL OR ledger IS NULL THEN RETURN NULL; END IF;
    IF next = ledger AND numbers = added AND added = next - first
      AND NOT EXISTS (SELECT FROM holdfast.entries WHERE seq = first OFFSET 1)
    THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'entries are only appended, with the head' USING ERRCODE = 'HF001';
  END $$;

  -- The name of the column is the trigger's argument. A number that the ledger has not reached would be in the way of
  -- whoever reaches it.
  CREATE FUNCTION holdfast.guard_ahead() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF (to_jsonb(NEW) ->> TG_ARGV[0])::bigint > (SELECT size FROM holdfast.head WHERE id = 0) THEN
      RAISE EXCEPTION '% are not ahead of the ledger', TG_TABLE_NAME USING ERRCODE = 'HF001';
    END IF;
    RETURN NULL;
  END $$;

  CREATE TRIGGER entries_insert AFTER INSERT ON holdfast.entries REFERENCING NEW TABLE AS added_entries
    FOR EACH STATEMENT EXECUTE FUNCTION holdfast.guard_new_entries();
  CREATE TRIGGER checkpoints_insert AFTER INSERT ON holdfast.checkpoints
    FOR EACH ROW EXECUTE FUNCTION holdfast.guard_ahead('size');
  CREATE TRIGGER batches_insert AFTER INSERT ON holdfast.batches
    FOR EACH ROW EXECUTE FUNCTION holdfast.guard_ahead('next_seq');
  CREATE TRIGGER entries_change BEFORE UPDATE ON holdfast.entries
    FOR EACH ROW EXECUTE FUNCTION holdfast.guard_entries();
  CREATE TRIGGER entries_delete BEFORE DELETE ON holdfast.entries FOR EACH ROW EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER entries_truncate BEFORE TRUNCATE ON holdfast.entries EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER entries_truncate BEFORE TRUNCATE ON holdfast.entries_default EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER head_change BEFORE UPDATE ON holdfast.head FOR EACH ROW EXECUTE FUNCTION holdfast.guard_head();
  CREATE TRIGGER head_delete BEFORE DELETE ON holdfast.head FOR EACH ROW EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER head_truncate BEFORE TRUNCATE ON holdfast.head EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER tiles_change BEFORE UPDATE ON holdfast.tiles FOR EACH ROW EXECUTE FUNCTION holdfast.guard_tiles();
  CREATE TRIGGER tiles_delete BEFORE DELETE ON holdfast.tiles FOR EACH ROW EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER tiles_truncate BEFORE TRUNCATE ON holdfast.tiles EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER checkpoints_change BEFORE UPDATE ON holdfast.checkpoints
    FOR EACH ROW EXECUTE FUNCTION holdfast.refuse();
  CREATE TRIGGER checkpoints_delete BEFORE DELETE ON holdfast.checkpoints
    FOR EACH ROW EXECUTE FUNCTION holdfast.guard_checkpoints();
  CREATE TRIGGER checkpoints_truncate BEFORE TRUNCATE ON holdfast.checkpoints EXECUTE FUNCTION holdfast.refuse();`;

/**
 * Made beside and attached, not made as a part: that way no reader and no writer of `entries` waits. It runs as the
 * owner, so names are spelled out and the search path is fixed; whoever is not the owner may ask for this month and
 * the twelve after it, so that a stolen role cannot fill the catalogue. `lock_timeout`: whoever reads without a month in
 * mind waits behind it, so it rather gives up and is asked again later.
 */
const PARTITIONS = `
  CREATE FUNCTION holdfast.ensure_partition(month date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' SET lock_timeout = '200ms' AS $$
  DECLARE
    first date := date_trunc('month', month);
    next date := first + interval '1 month';
    name text := 'entries_' || to_char(first, 'YYYY_MM');
    this_month date := date_trunc('month', now());
  BEGIN
    IF NOT pg_has_role(session_user, current_user, 'MEMBER')
      AND (first < this_month OR first > this_month + interval '12 months')
    THEN RAISE EXCEPTION 'only this month and the next twelve can be asked for' USING ERRCODE = 'HF002'; END IF;
    IF to_regclass('holdfast.' || name) IS NOT NULL THEN RETURN 'exists'; END IF;
    -- One at a time: two that had both looked into the default would wait for each other to attach.
    LOCK TABLE holdfast.entries IN SHARE UPDATE EXCLUSIVE MODE;
    IF to_regclass('holdfast.' || name) IS NOT NULL THEN RETURN 'exists'; END IF;
    IF EXISTS (SELECT FROM holdfast.entries_default WHERE time >= first AND time < next) THEN
      RETURN 'default_holds_rows';
    END IF;
    EXECUTE format('CREATE TABLE holdfast.%I (LIKE holdfast.entries INCLUDING ALL)', name);
    EXECUTE format('ALTER TABLE holdfast.entries ATTACH PARTITION holdfast.%I FOR VALUES FROM (%L) TO (%L)',
      name, first::timestamptz, next::timestamptz);
    EXECUTE format('CREATE TRIGGER entries_truncate BEFORE TRUNCATE ON holdfast.%I EXECUTE FUNCTION holdfast.refuse()',
      name);
    RETURN 'created';
  EXCEPTION
    WHEN check_violation THEN RETURN 'default_holds_rows';
    WHEN lock_not_available THEN RETURN 'busy';
  END $$;
  REVOKE ALL ON FUNCTION holdfast.ensure_partition(date) FROM PUBLIC;`;

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, compatibleFrom: 1, sql: `${TABLES}\n${GUARDS}\n${PARTITIONS}` },
];
