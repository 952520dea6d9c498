// The map: pointing at a bubble, or moving to it by keyboard, brings out its neighbours; a category's button brings that out.
const SVG = "http://www.w3.org/2000/svg"

export function start(root) {
  const picture = root.querySelector("svg")
  const nodes = [...picture.querySelectorAll(".kb-node")]
  const near = nodes.map((node) => node.dataset.near.split(" ").filter(Boolean).map(Number))
  const places = nodes.map((node) =>
    ["cx", "cy"].map((name) => Number(node.querySelector("circle").getAttribute(name))),
  )
  const names = nodes.map((node) => node.getAttribute("aria-label").split(", ")[0])
  const lines = picture.querySelector(".kb-edges-near")
  const told = root.querySelector(".kb-told")
  const hint = told.textContent
  const buttons = [...root.querySelectorAll(".kb-legend button")]

  function bringOut(on, text, from) {
    picture.classList.toggle("kb-some", on !== null)
    nodes.forEach((node, at) => {
      node.classList.toggle("kb-on", on !== null && on.includes(at))
      node.classList.toggle("kb-from", at === from)
    })
    told.textContent = text
    lines.replaceChildren(...(from === undefined ? [] : near[from].map((to) => line(places[from], places[to]))))
  }

  function rest() {
    const pressed = buttons.find((button) => button.getAttribute("aria-pressed") === "true")
    const focused = nodes.indexOf(document.activeElement)
    if (focused >= 0) return one(focused)
    if (!pressed) return bringOut(null, hint)
    const inside = nodes.map((_, at) => at).filter((at) => nodes[at].dataset.of === pressed.dataset.of)
    bringOut(inside, `${pressed.textContent}: ${inside.length}`)
  }

  const one = (at) =>
    bringOut(
      [at, ...near[at]],
      `${names[at]} links with ${near[at].length}: ${near[at].map((to) => names[to]).join(", ")}`,
      at,
    )

  nodes.forEach((node, at) => {
    node.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && one(at))
    node.addEventListener("focus", () => one(at))
    node.addEventListener("pointerleave", rest)
    node.addEventListener("blur", () => queueMicrotask(rest))
  })
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true"
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button && on))
      rest()
    })
  }
  const frame = picture.parentNode
  frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2
}

function line([x, y], [toX, toY]) {
  const made = document.createElementNS(SVG, "path")
  made.setAttribute(
    "d",
    `M${x} ${y}Q${(x + toX) / 2 - (toY - y) * 0.12} ${(y + toY) / 2 + (toX - x) * 0.12} ${toX} ${toY}`,
  )
  return made
}
