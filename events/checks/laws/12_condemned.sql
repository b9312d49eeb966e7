-- Every key that an erasure gave up is destroyed; one that is still named here may not be.
select 'key_not_destroyed' as fault, owner::text as owner
from vault.condemned
order by slot
