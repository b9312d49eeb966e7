"""What happens to the keys that the log, its people and its vault are under: another one takes over. Never a secret."""

from typing import Literal

from events.types.base import Payload
from events.types.fields import Count, Hash, Signature


class SigningKeyChanged(Payload, frozen=True):
    """From this event on another key signs checkpoints: `public` (Ed25519), which takes over from `former`.

    `number` counts the log's keys, so the first change makes the second. Both keys sign the statement that
    `events.proof.history` writes of it: whoever trusts one of them comes to trust the other.
    """

    number: Count
    former: Hash
    public: Hash
    by_former: Signature
    by_new: Signature


class SecretKeyChanged(Payload, frozen=True):
    """Another secret took over: the one by which people are known again, or the one that the vault's keys are under.

    `check` is a keyed hash by which a matching key is known.
    """

    kind: Literal["matching", "vault"]
    number: Count
    check: Hash | None = None
