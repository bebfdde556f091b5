-- How much of each batch is where; one row for each holding that is not nothing.
CREATE TABLE holding (
    batch    text   NOT NULL,
    party    text   NOT NULL,
    place    text   NOT NULL,
    quantity bigint NOT NULL,
    reserved bigint NOT NULL,
    unit     text   NOT NULL,
    PRIMARY KEY (batch, party, place)
) WITH (fillfactor = 80);
