-- A whole group in one statement and one round trip, as compare-and-swap on the head:
-- where another process was first, or a tag that was taken for new is not, no row comes back and
-- nothing is written.
WITH head AS (
    UPDATE ledger.head SET position = %(new)s::bigint
    WHERE position = %(base)s::bigint
      AND NOT EXISTS (SELECT FROM ledger.tag WHERE tag = ANY(%(assumed)b::text[]))
    RETURNING 1
), event AS (
    INSERT INTO ledger.event (position, type, data, admitted_at)
    SELECT %(base)s::bigint + e.number, e.type, e.data, %(admitted_at)s::timestamptz
    FROM head, unnest(%(types)b::text[], %(data)b::bytea[])
        WITH ORDINALITY AS e (type, data, number)
), tag AS (
    INSERT INTO ledger.tag (tag, position)
    SELECT t.tag, t.position
    FROM head, unnest(%(tags)b::text[], %(tag_positions)b::bigint[]) AS t (tag, position)
), tile AS (
    INSERT INTO ledger.tile (level, index, hashes, root)
    SELECT t.level, t.index, t.hashes, t.root
    FROM head, unnest(
        %(levels)b::bigint[], %(indexes)b::bigint[], %(hashes)b::bytea[], %(roots)b::bytea[]
    ) AS t (level, index, hashes, root)
), checkpoint AS (
    INSERT INTO ledger.checkpoint (size, note, signed_at)
    SELECT %(new)s::bigint, %(note)s::text, %(admitted_at)s::timestamptz FROM head
)
SELECT pg_notify('ledger', (%(new)s::bigint)::text) FROM head
