// Calculators on note pages; the formulas of kb/facts/calculator.py. Works after Material's instant navigation too.
const KB = 1024,
  MB = KB * KB,
  GB = KB * MB

// Rounding up what floating point made a hair too large would cost a unit.
const up = (x) => Math.ceil(Number(x.toFixed(9)))

export const calculators = {
  rcu: ({ rate, size, mode }) => [
    up(rate * up(size / (4 * KB)) * mode),
    "RCU",
    `each item counts as ${up(size / (4 * KB))} x 4 KB`,
  ],
  wcu: ({ rate, size, mode }) => [
    up(rate * up(size / KB) * mode),
    "WCU",
    `each item counts as ${up(size / KB)} x 1 KB`,
  ],
  partitions: ({ rcu, wcu, size }) => [
    Math.max(1, up(rcu / 3000 + wcu / 1000), up(size / (10 * GB))),
    "partitions",
    `${(rcu / 3000 + wcu / 1000).toFixed(2)} by throughput, ${(size / (10 * GB)).toFixed(2)} by size`,
  ],
  shards: ({ rate, size, consumers }) => [
    Math.max(1, up((rate * size) / MB), up(rate / 1000), up((rate * size * consumers) / (2 * MB))),
    "shards",
    `${((rate * size) / MB).toFixed(2)} by size in, ${(rate / 1000).toFixed(2)} by number, ${((rate * size * consumers) / (2 * MB)).toFixed(2)} by size out`,
  ],
  "visibility-timeout": ({ time }) => [up(time) * 6, "seconds", "six times the timeout of the function"],
}

export function read(form) {
  const values = {}
  for (const input of form.querySelectorAll("input")) values[input.name] = Number(input.value)
  for (const select of form.querySelectorAll("select")) {
    const name = select.name.replace(/-unit$/, "")
    const factor = Number(select.value)
    // A rate is divided by the length of its time, everything else multiplied by its unit.
    values[name] = !(name in values) ? factor : name === "rate" ? values[name] / factor : values[name] * factor
  }
  return values
}

function show(form) {
  const values = read(form)
  const usable = Object.values(values).every((value) => Number.isFinite(value) && value >= 0)
  const [value, unit, why] = usable
    ? calculators[form.dataset.calculator](values)
    : ["", "", "numbers of 0 or more, please"]
  form.querySelector("output").textContent = usable ? `${value.toLocaleString("en")} ${unit} - ${why}` : why
}

function start() {
  for (const form of document.querySelectorAll(".kb-calc")) {
    form.addEventListener("input", () => show(form))
    form.addEventListener("submit", (event) => event.preventDefault())
    show(form)
  }
}

if (typeof document !== "undefined") start()
