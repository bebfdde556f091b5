-- A whole group in one statement and one round trip, as compare-and-swap on the head:
-- where another process was first, or a tag that was taken for new is not, no row comes back and
-- nothing is written.
--
-- $1 the position before the group, $2 its last, $3 when it was admitted; of each event $4 its type
-- and $5 its envelope; $6 tags, each at the position in $7; of each tile that the group fills its
-- level $8, index $9, hashes $10 and root $11; $12 the signed checkpoint; $13 tags taken for new.
WITH head AS (
    UPDATE ledger.head SET position = $2::bigint
    WHERE position = $1::bigint
      AND NOT EXISTS (SELECT FROM ledger.tag WHERE tag = ANY($13::text[]))
    RETURNING 1
), event AS (
    INSERT INTO ledger.event (position, type, data, admitted_at)
    SELECT $1::bigint + e.number, e.type, e.data, $3::timestamptz
    FROM head, unnest($4::text[], $5::bytea[]) WITH ORDINALITY AS e (type, data, number)
), tag AS (
    INSERT INTO ledger.tag (tag, position)
    SELECT t.tag, t.position
    FROM head, unnest($6::text[], $7::bigint[]) AS t (tag, position)
), tile AS (
    INSERT INTO ledger.tile (level, index, hashes, root)
    SELECT t.level, t.index, t.hashes, t.root
    FROM head, unnest($8::bigint[], $9::bigint[], $10::bytea[], $11::bytea[])
        AS t (level, index, hashes, root)
), checkpoint AS (
    INSERT INTO ledger.checkpoint (size, note, signed_at)
    SELECT $2::bigint, $12::text, $3::timestamptz FROM head
)
SELECT pg_notify('ledger', ($2::bigint)::text) FROM head
