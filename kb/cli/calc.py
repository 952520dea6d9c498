"""`kb calc`: capacity units, partitions, shards, timeouts."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kb.errors import QuantityError
from kb.facts import calculator
from kb.facts.calculator import Answer, Consistency


@click.group("calc")
def command() -> None:
    """Work out capacity units, partitions, shards and timeouts, with the steps.

    For example: kb calc rcu --items 10/s --size 6KB --eventual.
    """


_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
_ITEMS = click.option("--items", required=True, metavar="RATE", help="Items per time: 10/s, 120/min, 300/30s.")
_SIZE = click.option("--size", required=True, metavar="SIZE", help="Size of one item: 6KB, 512 bytes.")


@command.command("rcu")
@_ITEMS
@_SIZE
@click.option("--eventual", "consistency", flag_value="eventual", help="Eventually consistent reads, half the price.")
@click.option(
    "--transactional", "consistency", flag_value="transactional", help="Transactional reads, double the price."
)
@_JSON
def rcu(items: str, size: str, consistency: Consistency | None, as_json: bool) -> int:
    """Read capacity units of DynamoDB; strongly consistent unless said otherwise, the last of two options counts."""
    return _say(
        lambda: calculator.read_units(calculator.rate(items), calculator.size(size), consistency or "strong"), as_json
    )


@command.command("wcu")
@_ITEMS
@_SIZE
@click.option("--transactional", is_flag=True, help="Transactional writes, double the price.")
@_JSON
def wcu(items: str, size: str, transactional: bool, as_json: bool) -> int:
    """Write capacity units of DynamoDB."""
    return _say(
        lambda: calculator.write_units(calculator.rate(items), calculator.size(size), transactional=transactional),
        as_json,
    )


@command.command("partitions")
@click.option("--rcu", "reads", type=click.IntRange(0), required=True, help="Provisioned read capacity units.")
@click.option("--wcu", "writes", type=click.IntRange(0), required=True, help="Provisioned write capacity units.")
@click.option("--size", required=True, metavar="SIZE", help="Size of the table: 20GB.")
@_JSON
def partitions(reads: int, writes: int, size: str, as_json: bool) -> int:
    """Partitions of a DynamoDB table with provisioned capacity, the larger of two figures."""
    return _say(lambda: calculator.partitions(reads, writes, calculator.size(size)), as_json)


@command.command("shards")
@click.option("--records", required=True, metavar="RATE", help="Records per time: 500/s.")
@click.option("--size", required=True, metavar="SIZE", help="Size of one record: 3KB.")
@click.option(
    "--consumers", type=click.IntRange(1), default=1, show_default=True, help="Consumers without enhanced fan-out."
)
@_JSON
def shards(records: str, size: str, consumers: int, as_json: bool) -> int:
    """Shards of a Kinesis data stream, the largest of three figures."""
    return _say(lambda: calculator.shards(calculator.rate(records), calculator.size(size), consumers), as_json)


@command.command("visibility-timeout")
@click.option("--function", "timeout", required=True, metavar="TIME", help="Timeout of the function: 30s, 2 minutes.")
@_JSON
def visibility_timeout(timeout: str, as_json: bool) -> int:
    """Visibility timeout of an SQS queue that a Lambda function reads."""
    return _say(lambda: calculator.queue_timeout(calculator.seconds(timeout)), as_json)


def _say(work: object, as_json: bool) -> int:
    assert callable(work)
    try:
        answer: Answer = work()
    except QuantityError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps({"schema_version": 1, **asdict(answer)}, indent=2))
    else:
        click.echo(f"{answer.value:,} {answer.unit}")
        for step in answer.steps:
            click.echo(f"  {step}")
    return 0
