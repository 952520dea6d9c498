"""`kb resolve`: which note a name or identifier means."""

from __future__ import annotations

import json

import click

from kb.base import KnowledgeBase


@click.command("resolve", context_settings={"ignore_unknown_options": True})
@click.argument("text", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_obj
def command(base: str | None, text: tuple[str, ...], as_json: bool) -> int:
    """Say which note TEXT means: a name, or what code calls the service.

    For example: AWS::SQS::Queue, 'boto3.client("sqs")', aws_sqs_queue, s3:GetObject, an ARN, ddb.
    Exit status 1 when nothing is called that; the nearest names are shown.
    """
    found = KnowledgeBase(base).resolve(" ".join(text))
    if as_json:
        click.echo(
            json.dumps(
                {"schema_version": 1, "text": found.text, "as": found.as_what, "notes": list(found.notes)},
                ensure_ascii=False,
            )
        )
    else:
        for note in found.notes:
            click.echo(f"{note}\t{found.as_what}")
    return 0
