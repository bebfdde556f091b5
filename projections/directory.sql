-- Master data as read. Nothing here is corrected: what is no longer so is revoked or ended.

CREATE TABLE ledger (
    county         text        NOT NULL,
    origin         text        NOT NULL,
    authority      text        NOT NULL,
    authority_name text        NOT NULL,
    log_key        text        NOT NULL,  -- in force now
    rules          text        NOT NULL,  -- in force now
    opened_at      timestamptz NOT NULL
);

CREATE TABLE party (
    id       text   PRIMARY KEY,
    kind     text   NOT NULL,
    roles    text[] NOT NULL,
    township text,
    name     text,  -- an organisation's; a person's is in the vault
    gln      text,
    admitted bigint NOT NULL
);
CREATE INDEX ON party USING gin (roles);

CREATE TABLE key (
    did            text   PRIMARY KEY,
    party          text   NOT NULL,
    custody        text   NOT NULL,
    bound          bigint NOT NULL,
    expires        timestamptz,
    revoked        bigint,
    revoked_reason text
);
CREATE INDEX ON key (party);

CREATE TABLE membership (
    cooperative text    NOT NULL,
    member      text    NOT NULL,
    may_sign    boolean NOT NULL,
    began       bigint  NOT NULL,
    ended       bigint,
    PRIMARY KEY (cooperative, member, began)
);
CREATE INDEX ON membership (member);

CREATE TABLE place (
    id         text   PRIMARY KEY,
    holder     text   NOT NULL,
    kind       text   NOT NULL,
    township   text   NOT NULL,
    name       text   NOT NULL,
    area_m2    bigint,
    gln        text,
    registered bigint NOT NULL
);
CREATE INDEX ON place (holder);

CREATE TABLE product (
    gtin             text   PRIMARY KEY,
    name_zh          text   NOT NULL,
    name_en          text   NOT NULL,
    category         text   NOT NULL,
    unit             text   NOT NULL,
    content_quantity bigint,
    content_unit     text,
    shelf_life_days  integer,
    registered       bigint NOT NULL
);
