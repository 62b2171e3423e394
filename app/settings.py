"""Every setting of an installation, read once from the environment and `.env`.

Names are `BAODAN_` and the field in capitals (`BAODAN_PUBLIC_PORT`); the few with an alias also go by that
plain name (`DATABASE_URL`). Facts about the insurer are not here but in `knowledge/settings.yml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


def _plain(name: str) -> AliasChoices:
    return AliasChoices(name, f"BAODAN_{name}")


class Settings(BaseSettings):
    """One installation; instances with different `var_dir` and ports run side by side."""

    model_config = SettingsConfigDict(
        env_prefix="BAODAN_", env_file=ROOT / ".env", extra="ignore", frozen=True, populate_by_name=True
    )

    var_dir: Path = Field(ROOT / "var", description="All state: database, files, logs, secrets")
    models_dir: Path = Field(ROOT / "var" / "models", description="Trained models")
    host: str = Field("127.0.0.1", description="Address of the public and the staff listener")
    public_port: int = Field(8080, description="Widget, chat API, demo page")
    staff_port: int = Field(8081, description="The specialists' desk")
    private_port: int = Field(8082, description="Actions called back by Rasa; loopback only")
    rasa_port: int = Field(5055, description="First Rasa process; the others take the following ports")
    postgres_port: int = Field(54320, description="The embedded PostgreSQL")
    rasa_count: int = Field(1, ge=1, le=16, description="How many Rasa processes share the turns")
    demo: bool = Field(True, description="Load the demo insurer and serve its demo page")
    site_key: str = Field("demo-site", min_length=1, description="The key by which the widget names its site")
    public_origins: list[str] = Field(
        [], description="Origins of the sites that may embed the widget, besides the demo page"
    )

    trusted_proxies: list[str] = Field(
        [], description="Addresses of reverse proxies whose X-Forwarded-For is believed"
    )

    burst_per_conversation: int = Field(40, ge=1, description="Messages one conversation may send at once")
    messages_per_minute: float = Field(
        300, gt=0, description="Messages one conversation may send in the long run"
    )
    burst_per_address: int = Field(300, ge=1, description="Messages one address may send at once")
    messages_per_minute_address: float = Field(
        3000, gt=0, description="Messages one address may send in the long run"
    )
    codes_per_phone: int | None = Field(
        None, ge=1, description="Codes that may go to one phone in an hour; 5, and 500 in the demo"
    )

    database_url: SecretStr | None = Field(
        None,
        validation_alias=_plain("DATABASE_URL"),
        description="An outside PostgreSQL; without it the embedded one is started",
    )
    site_secret: SecretStr | None = Field(
        None,
        validation_alias=_plain("SITE_SECRET"),
        description="Signs the user tokens of the insurer's own site; else random, kept in var/",
    )
    demo_password: SecretStr | None = Field(
        None,
        validation_alias=_plain("DEMO_PASSWORD"),
        description="Password of all demo staff; else random, kept in var/",
    )
    rasa_token: SecretStr | None = Field(
        None,
        validation_alias=_plain("RASA_TOKEN"),
        description="What the gateway shows to Rasa; else random for each run",
    )
    actions_token: SecretStr | None = Field(
        None,
        validation_alias=_plain("ACTIONS_TOKEN"),
        description="What Rasa shows when it calls an action; else random for each run",
    )
    desk_hours: Literal["insurer", "always"] | None = Field(
        None,
        validation_alias=_plain("DESK_HOURS"),
        description="When specialists can be reached: the insurer's hours, or always (the demo's default)",
    )

    wechat_app_id: str | None = Field(
        None,
        validation_alias=_plain("WECHAT_APP_ID"),
        description="The WeChat service account; without it the channel is off, but for the demo's own",
    )
    wechat_app_secret: SecretStr | None = Field(
        None, validation_alias=_plain("WECHAT_APP_SECRET"), description="AppSecret of the account"
    )
    wechat_token: SecretStr | None = Field(
        None,
        validation_alias=_plain("WECHAT_TOKEN"),
        description="Token of the push address; two with a comma, newest first, while it is being changed",
    )
    wechat_aes_key: SecretStr | None = Field(
        None,
        validation_alias=_plain("WECHAT_AES_KEY"),
        description="EncodingAESKey, 43 characters; as many as there are tokens",
    )
    wechat_api_url: str = Field(
        "https://api.weixin.qq.com",
        validation_alias=_plain("WECHAT_API_URL"),
        description="Where WeChat's API answers",
    )
    wechat_authorize_url: str = Field(
        "https://open.weixin.qq.com/connect/oauth2/authorize",
        validation_alias=_plain("WECHAT_AUTHORIZE_URL"),
        description="Where our page inside WeChat asks who opens it",
    )
    wechat_page_url: str | None = Field(
        None,
        validation_alias=_plain("WECHAT_PAGE_URL"),
        description="Our public listener as customers reach it, https://…; needed with WECHAT_APP_ID",
    )
    wechat_templates: dict[str, str] = Field(
        {},
        validation_alias=_plain("WECHAT_TEMPLATES"),
        description="Template id of each kind of notice that may be sent",
    )

    @field_validator("var_dir", "models_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _async_driver(cls, url: SecretStr | None) -> SecretStr | None:
        """Takes the address as operators write it and names the driver we use."""
        if url is None:
            return None
        scheme, separator, rest = url.get_secret_value().partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("DATABASE_URL must look like postgresql://user:password@host:5432/name")
        return SecretStr(f"postgresql+psycopg://{rest}")

    @property
    def desk_always_open(self) -> bool:
        return (self.desk_hours or ("always" if self.demo else "insurer")) == "always"

    @property
    def codes_per_hour(self) -> int:
        return self.codes_per_phone or (500 if self.demo else 5)

    @property
    def rasa_ports(self) -> list[int]:
        return [self.rasa_port + number for number in range(self.rasa_count)]

    @property
    def rasa_urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.rasa_ports]

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.private_port}"

    @property
    def public_url(self) -> str:
        return f"http://{self._shown_host}:{self.public_port}"

    @property
    def staff_url(self) -> str:
        return f"http://{self._shown_host}:{self.staff_port}"

    @property
    def _shown_host(self) -> str:
        """An address a browser on this machine can open."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host

    @property
    def files_dir(self) -> Path:
        return self.var_dir / "files"

    @property
    def logs_dir(self) -> Path:
        return self.var_dir / "log"

    @property
    def run_dir(self) -> Path:
        return self.var_dir / "run"
