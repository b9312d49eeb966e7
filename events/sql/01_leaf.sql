-- The leaf hash of RFC 9162, section 2.1.1: SHA-256(0x00 || body bytes).
create function events.leaf(body json) returns bytea
    language sql immutable strict parallel safe
    return sha256('\x00'::bytea || convert_to(body::text, 'UTF8'));
