-- The leaf hash of RFC 9162, section 2.1.1: SHA-256(0x00 || body bytes). By `decode`, not `convert_to`, which is only
-- stable: so this is inlined, and the bytes are those of the UTF-8 database whatever encoding a client asks for.
create function events.leaf(body json) returns bytea
    language sql immutable strict parallel safe
    return sha256(decode('\000' || replace(body::text, '\', '\\'), 'escape'));
