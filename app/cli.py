"""The command line `baodan`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from app.errors import AppError
from app.settings import Settings

T = TypeVar("T")

app = typer.Typer(
    help="保单专员: an insurer's policy specialist as a conversational assistant.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
demo_commands = typer.Typer(help="The demo insurer.", no_args_is_help=True)
audit_commands = typer.Typer(help="What was done, by whom.", no_args_is_help=True)
desk_commands = typer.Typer(help="The specialists' desk.", no_args_is_help=True)
knowledge_commands = typer.Typer(help="What the bot may say.", no_args_is_help=True)
nlu_commands = typer.Typer(help="What the bot understands.", no_args_is_help=True)
app.add_typer(demo_commands, name="demo")
app.add_typer(audit_commands, name="audit")
app.add_typer(desk_commands, name="desk")
app.add_typer(knowledge_commands, name="knowledge")
service_commands = typer.Typer(help="What customers can have done.", no_args_is_help=True)
app.add_typer(nlu_commands, name="nlu")
app.add_typer(service_commands, name="services")
wechat_commands = typer.Typer(help="The WeChat service account.", no_args_is_help=True)
menu_commands = typer.Typer(help="The menu of the account.", no_args_is_help=True)
wechat_commands.add_typer(menu_commands, name="menu")
app.add_typer(wechat_commands, name="wechat")


def main() -> None:
    """The entry point: an error that is no bug ends in one sentence and exit code 1."""
    try:
        app()
    except AppError as error:
        sys.exit(f"baodan: {error}")
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, p['loc'])).upper()}: {p['msg']}" for p in error.errors())
        sys.exit("baodan: a setting is wrong.\n" + "\n".join(f"  {problem}" for problem in problems))


@app.command()
def run() -> None:
    """Start everything: database, training if needed, Rasa, the server. Ctrl-C stops it."""
    from app.demo import welcome
    from app.parts import real_parts
    from app.supervisor import Supervisor

    async def supervise() -> None:
        settings = Settings()
        supervisor = Supervisor(settings, real_parts(settings, _say), welcome(settings), _say)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, supervisor.stop)
        await supervisor.run()

    asyncio.run(supervise())
    _say("Baodan has stopped.")


@app.command()
def serve() -> None:
    """Run the server alone; `baodan run` starts it with all that it needs."""
    from app.serve import serve_until_stopped

    _run(serve_until_stopped(Settings()))


@app.command()
def train(
    force: Annotated[bool, typer.Option(help="Train even if nothing has changed.")] = False,
) -> None:
    """Train the model, if its data has changed since the last time."""
    from app.training import train as train_model

    model = _run(train_model(Settings(), _say, force=force))
    _say(f"The model is {model}.")


@app.command()
def chat(
    url: Annotated[str | None, typer.Option(help="Public address of a running Baodan.")] = None,
    site: Annotated[str, typer.Option(help="Site key.")] = "demo-site",
) -> None:
    """Talk to the assistant in the terminal, over the protocol of the widget."""
    from app.terminal import talk

    _run(talk(url or Settings().public_url, site, sys.stdin, _say))


@demo_commands.command("load")
def demo_load() -> None:
    """Load the demo insurer into an empty database; refuses one that holds real data."""
    from app import database, schema

    async def load() -> None:
        settings = Settings(demo=True)
        async with database.running(settings, _say) as url:
            await schema.bring_up_to_date(url, settings, _say)

    _run(load())
    _say("The demo insurer is there.")


@desk_commands.command("add-user")
def desk_add_user(
    login: Annotated[str, typer.Argument(help="What the specialist types to log in.")],
    name: Annotated[str, typer.Option(help="Name shown to customers, for example 林专员.")],
    role: Annotated[str, typer.Option(help="specialist, supervisor, auditor or admin.")] = "specialist",
    skill: Annotated[list[str] | None, typer.Option(help="policy, payment, claim, complaint.")] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="File with the password; else it is asked for.")
    ] = None,
) -> None:
    """Give somebody access to the desk."""
    from app import database, schema, staff

    if password_file:
        password = password_file.read_text(encoding="utf-8").strip()
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)

    async def add() -> None:
        async with database.running(Settings(), _say) as url:
            await schema.migrate(url)
            await staff.add(
                url, login=login, name=name, role=role, skills=skill or ["policy"], password=password
            )

    _run(add())
    _say(f"{login} can log in to the desk.")


@audit_commands.command("verify")
def audit_verify() -> None:
    """Check that no entry of the audit was changed or removed: recompute every hash chain."""
    from app import audit, database, schema

    async def verify() -> bool:
        async with database.running(Settings(), _say) as url:
            await schema.migrate(url)
            return await audit.verify(url, _say)

    if not _run(verify()):
        raise typer.Exit(1)


@knowledge_commands.command("check")
def knowledge_check() -> None:
    """Find missing sections, dead references, expired versions and sentences that break the rules."""
    from app import knowledge
    from knowledge.check import problems

    found = problems()
    for problem in found:
        _say(str(problem))
    _say(f"{len(found)} problem(s) found." if found else "No problems found.")
    if found:
        raise typer.Exit(1)
    knowledge.table(_say)


@knowledge_commands.command("diff")
def knowledge_diff(
    since: Annotated[datetime, typer.Argument(help="A day, 2026-01-31.", formats=["%Y-%m-%d"])],
) -> None:
    """Tell what changed in the texts since a day: new versions, and their sections before and since."""
    from app import knowledge

    knowledge.diff(since.date(), _say)


@knowledge_commands.command("gaps")
def knowledge_gaps(
    days: Annotated[int, typer.Option(help="How many days back.", min=1)] = 30,
) -> None:
    """List what customers asked and no text answered, most frequent first."""
    from app import database, knowledge, schema

    async def gaps() -> None:
        async with database.running(Settings(), _say) as url:
            await schema.migrate(url)
            await knowledge.gaps(url, days, _say)

    _run(gaps())


@knowledge_commands.command("bench")
def knowledge_bench(
    file: Annotated[
        Path, typer.Argument(help="Cases, one JSON object a line: question, passage.", exists=True)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    fit: Annotated[bool, typer.Option(help="Fit the weights of the ranking to the file instead.")] = False,
) -> None:
    """Measure the search: recall at 1 and 5 and mean reciprocal rank of BM25, embeddings and ours."""
    from app import knowledge

    knowledge.bench(Settings(), file, _say, as_json=as_json, fit=fit)


@service_commands.command("check")
def services_check() -> None:
    """Find kinds of request without phrases, sources, conversation tests, or with wrong formulas."""
    from app.settings import ROOT
    from knowledge.services_check import problems

    found = problems(ROOT)
    for problem in found:
        _say(problem)
    _say(f"{len(found)} problem(s) found." if found else "No problems found.")
    if found:
        raise typer.Exit(1)


@service_commands.command("table")
def services_table() -> None:
    """Show every kind with its fields, documents, rules, effect, deadline and tests, in Markdown."""
    from app.settings import ROOT
    from knowledge.services_table import table

    _say(table(ROOT))


@menu_commands.command("push")
def wechat_menu_push(
    dry_run: Annotated[bool, typer.Option(help="Show what would be put there, and change nothing.")] = False,
) -> None:
    """Put the menu of knowledge/wechat.yml into the account."""
    from app import wechat_admin

    _run(wechat_admin.push_menu(Settings(), _say, dry_run=dry_run))


@menu_commands.command("show")
def wechat_menu_show(
    dry_run: Annotated[bool, typer.Option(help="Show the one of knowledge/wechat.yml instead.")] = False,
) -> None:
    """Show the menu the account has now."""
    from app import wechat_admin

    _run(wechat_admin.show_menu(Settings(), _say, dry_run=dry_run))


@wechat_commands.command("check")
def wechat_check() -> None:
    """Say in plain words what is wrong: token, white list, menu, push address, clock."""
    from app import wechat_admin

    if not _run(wechat_admin.check(Settings(), _say)):
        raise typer.Exit(1)


@nlu_commands.command("parse")
def nlu_parse() -> None:
    """Parse standard input: one JSON object per line, in order."""
    from app import nlu

    raise typer.Exit(nlu.parse(Settings()))


@nlu_commands.command("evaluate")
def nlu_evaluate(
    file: Annotated[
        Path, typer.Argument(help="Cases as yml, tsv or jsonl, or a folder of them.", exists=True)
    ],
    report: Annotated[Path, typer.Option(help="The page to write.")] = Path("var/nlu/report.html"),
) -> None:
    """Measure the model: accuracy, F1, entities, scope, calibration, confusions; a page with plots."""
    from app import nlu

    raise typer.Exit(nlu.evaluate(Settings(), file, report))


@nlu_commands.command("check")
def nlu_check() -> None:
    """Find faults of the training data and of what refers to it."""
    from app import nlu

    raise typer.Exit(nlu.check())


@nlu_commands.command("tune")
def nlu_tune(
    keep: Annotated[bool, typer.Option(help="Only print; leave config.yml as it is.")] = False,
) -> None:
    """Choose regularisation, calibration and thresholds on the training data; a few minutes."""
    from app import nlu

    raise typer.Exit(nlu.tune(keep=keep))


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _say(text: str) -> None:
    print(text, flush=True)
