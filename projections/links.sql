-- What the owners of products and batches link to; the newest of each slot, set or taken back.

CREATE TABLE link (
    identifier text    NOT NULL,  -- GTIN, or GTIN/LOT
    link_type  text    NOT NULL,  -- gs1:pip
    language   text    NOT NULL,
    media_type text    NOT NULL,  -- '' where not said
    context    text    NOT NULL,  -- '' for anywhere
    id         text    NOT NULL,
    target     text    NOT NULL,
    title      text    NOT NULL,
    actor      text    NOT NULL,
    position   bigint  NOT NULL,
    withdrawn  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (identifier, link_type, language, media_type, context)
);
