"""`idp settings`: check what is configured, print an example of everything that can be."""

import json
from pathlib import Path
from typing import Any

import click

from idp.cli import configured
from idp.setting_sections import Section
from idp.settings import Settings

HEAD = """\
# Tongxing 通行: every setting, with its default. Made by `idp settings example`; do not edit this copy.
# Put what you want otherwise into config/settings.toml (IDP_SETTINGS_FILE names another file), or into the
# environment: IDP_ISSUER, IDP_SERVING__WORKERS, … `idp settings check` says every mistake at once.
"""


@click.group("settings")
def command() -> None:
    """Settings 配置: check them, print an example."""


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON, without secrets.")
def check(file: Path | None, as_json: bool) -> None:
    """Check FILE (or what `idp serve` would read) together with the environment."""
    loaded = configured.load(file)
    if as_json:
        click.echo(json.dumps(_shown(loaded), ensure_ascii=False, indent=2))
    else:
        mode = "sandbox" if loaded.sandbox else "production"
        click.echo(f"settings are right 配置无误: {mode}, {loaded.issuer}")


@command.command()
def example() -> None:
    """Print config/settings.example.toml."""
    click.echo(render(), nl=False)


def render() -> str:
    """Return the example file: descriptions, names and defaults of all settings."""
    plain, tables = [], []
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, Section):
            tables.append((name, field.default))
        else:
            plain.append(_lines(name, field.description or "", field.default))
    parts = [HEAD, "\n".join(plain)]
    for name, section in tables:
        title = (type(section).__doc__ or "").splitlines()[0]
        fields = type(section).model_fields.items()
        body = "\n".join(_lines(inner, field.description or "", field.default) for inner, field in fields)
        parts.append(f"# {title}\n[{name}]\n{body}")
    return "\n".join(parts)


def _lines(name: str, description: str, value: Any) -> str:
    return f"# {description}\n{name} = {_toml(value)}\n"


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    # JSON's texts, numbers and booleans are TOML's.
    return json.dumps(value, ensure_ascii=False)


def _shown(loaded: Settings) -> dict[str, Any]:
    shown = loaded.model_dump(mode="json")
    shown["serving"]["metrics_token"] = bool(loaded.serving.metrics_token)
    shown["sms"]["token"] = bool(loaded.sms.token)
    # Addresses may hold passwords.
    shown["database_url"] = loaded.database_url.split(":", 1)[0]
    shown["redis_url"] = loaded.redis_url.split(":", 1)[0]
    return shown
