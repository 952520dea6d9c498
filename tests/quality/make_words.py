"""Make kb/search/words.bloom: the words that spelling never corrects. Run by hand, where symspellpy is installed.

The words are those of symspellpy's English frequency dictionary (MIT; from SCOWL and Google's n-grams) and names of
tools that people search for beside AWS. A Bloom filter keeps them in 128 KB; about 1 word in 400 is taken for known
by mistake, which only means that it is not corrected.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from kb.search.spelling import BITS, places

TOOLS = """
ansible apache argo bash bazel bitbucket bootstrap cassandra ceph chef circleci cloudflare confluence consul cypress databricks datadog debian
deno django dotnet drupal dynatrace eslint express fastapi fedora ffmpeg firebase flask fluentd fluentbit gatsby github gitlab golang gradle grafana
graphql grpc gunicorn hadoop haproxy hashicorp haskell heroku hive hugo influxdb istio jaeger jenkins jest jira jquery jupyter kafka keycloak kibana
kotlin kubectl kubernetes kustomize laravel linkerd linode logstash lua mariadb maven minio mocha mongodb mysql nats neo4j netlify netty newrelic
nextjs nginx nodejs nomad npm numpy nuxt okta openapi openshift openssl oracle packer pandas perl php podman postgres postgresql postman prisma
prometheus puppet pytest pytorch quarkus rabbitmq rails redis redux rollup rsync ruby rust saltstack scala selenium sentry serverless skaffold slack
snowflake solr spark splunk spring sqlite stripe svelte swift systemd tailwind telegraf tensorflow terraform terragrunt tomcat traefik twilio
typescript ubuntu unicorn vagrant vault vercel vite vmware vue webpack wordpress xamarin yaml yarn zabbix zookeeper zipkin
""".split()


def main() -> None:
    """Write the filter."""
    text = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8")
    words = {line.split()[0].lower() for line in text.splitlines() if line.strip()} | set(TOOLS)
    filled = bytearray(BITS // 8)
    for word in sorted(words):
        for place in places(word):
            filled[place >> 3] |= 1 << (place & 7)
    target = Path(__file__).parent.parent.parent / "kb/search/words.bloom"
    target.write_bytes(filled)
    print(f"{len(words)} words, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
