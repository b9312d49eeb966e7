"""What a person can set from outside: environment variables that begin with `NGUON_`."""

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from events.errors import UsageError
from schemas.messages.translation import Language

PREFIX = "NGUON_"

LogLevel = Literal["debug", "info", "warning", "error"]
TaskRunner = Literal["threads", "dask"]


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().resolve()
    except RuntimeError as failure:  # a `~name` whose home nobody knows
        raise ValueError(path) from failure


def _listed(value: object) -> object:
    """What stands in a variable, separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


lowered = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)


class Settings(BaseSettings):
    """The settings of one process; an empty variable counts as not set.

    `home` is absolute and holds everything that is kept, unless `database_url` names a PostgreSQL elsewhere.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    home: Annotated[Path, AfterValidator(_absolute), Field(validate_default=True, examples=["/srv/nguon"])] = Path(
        ".nguon"
    )
    database_url: str | None = None
    lang: Annotated[Language, lowered] = "vi"
    log_level: Annotated[LogLevel, lowered] = "warning"
    task_runner: Annotated[TaskRunner, lowered] = "threads"
    patience: Annotated[int, Field(ge=1, examples=["600"])] = 600
    """Seconds that scheduled flows wait for what they need, a server or a run that is due, before `serve` ends."""
    stuck_minutes: Annotated[int, Field(ge=1, examples=["60"])] = 60
    """Minutes without a sign of life after which a flow is stopped."""
    backup_days: Annotated[int, Field(ge=0, examples=["35"])] = 35
    """Days that a backup is kept: what was erased lives on in backups until then."""
    keys_passphrase: SecretStr | None = None
    """What the keys at rest are under; without it, they lie in the home as they are."""
    keys_passphrase_file: Annotated[Path | None, AfterValidator(lambda path: path and _absolute(path))] = None
    """A file that holds it, as secrets of containers are handed over."""
    checkpoint_folders: Annotated[
        tuple[Annotated[Path, AfterValidator(_absolute)], ...],
        NoDecode,
        BeforeValidator(_listed),
        Field(examples=["/mnt/office,/mnt/party"]),
    ] = ()
    """Folders, best of other machines, to which every signed checkpoint is published besides the home."""
    checkpoint_mail: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Addresses to which the newest signed checkpoint goes once a day."""
    smtp: SecretStr | None = None
    """The mail server: `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`, `USER:PASSWORD@HOST:PORT?from=ADDRESS`."""
    quality_kept: Annotated[int, Field(ge=1, examples=["40"])] = 40
    """Sites of Data Docs that are kept, one a period; the oldest go first."""
    witnesses: str | None = None
    """Who is asked to cosign, in place of the file HOME/witnesses: its lines, or parts between semicolons."""
    timestamp_url: str | None = None
    """The time stamping authority (RFC 3161) that `nguon log stamp` asks."""

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for a process that is to have them; what is secret among them as it is."""
        return {f"{PREFIX}{name.upper()}": _written(value) for name, value in self if value not in (None, ())}

    @property
    def passphrase(self) -> str | None:
        """The passphrase of the keys, from its variable or its file. Raises UsageError `file_unreadable`."""
        if self.keys_passphrase:
            return self.keys_passphrase.get_secret_value()
        if self.keys_passphrase_file is None:
            return None
        try:
            return self.keys_passphrase_file.read_text(encoding="utf-8").removesuffix("\n") or None
        except (OSError, UnicodeDecodeError) as failure:
            reason = getattr(failure, "strerror", None) or "UTF-8"
            raise UsageError("file_unreadable", file=self.keys_passphrase_file, reason=reason) from None


def settings() -> Settings:
    """The settings as the environment has them now; UsageError `setting_invalid` names the first wrong one."""
    try:
        return Settings()
    except ValidationError as failure:
        first = failure.errors(include_url=False, include_context=False)[0]
        name = str(first["loc"][0])
        field = Settings.model_fields[name]
        allowed = ", ".join(get_args(field.annotation) or field.examples or ())
        raise UsageError(
            "setting_invalid", name=f"{PREFIX}{name.upper()}", value=first["input"], allowed=allowed
        ) from None
